// Recordings and voice: one plays at a time.
const clock = (seconds) => {
  const whole = Math.floor(Number.isFinite(seconds) ? seconds : 0);
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
};
const sounds = new WeakMap();
let playing = null;

function sound(box) {
  if (sounds.has(box)) return sounds.get(box);
  const audio = new Audio(box.dataset.player);
  const [range, time, icon] = [box.querySelector("input"), box.querySelector("time"), box.querySelector("use")];
  const draw = (on) => icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, `#player-${on ? "pause" : "play"}`));
  audio.addEventListener("loadedmetadata", () => { if (Number.isFinite(audio.duration)) range.max = Math.ceil(audio.duration); });
  audio.addEventListener("timeupdate", () => {
    range.value = audio.currentTime;
    time.textContent = `${clock(audio.currentTime)} / ${clock(Number(range.max))}`;
  });
  audio.addEventListener("play", () => draw(true));
  audio.addEventListener("pause", () => draw(false));
  sounds.set(box, audio);
  return audio;
}

document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-play], [data-mute]");
  const box = key?.closest("[data-player]");
  if (!box) return;
  const audio = sound(box);
  if (key.matches("[data-mute]")) {
    audio.muted = !audio.muted;
    key.setAttribute("aria-pressed", audio.muted);
    const icon = key.querySelector("use");
    icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, `#volume${audio.muted ? "-off" : ""}`));
    return;
  }
  if (!audio.paused) return audio.pause();
  playing?.pause();
  playing = audio;
  audio.play();
});
document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[data-player]");
  if (box) sound(box).currentTime = Number(event.target.value);
});
