// Recording a voice message from the microphone, where there is one.

export class Recorder {
  constructor(root, done, denied) {
    this.mic = root.querySelector(".mic");
    this.input = root.querySelector("textarea");
    this.shown = root.querySelector(".recording");
    this.seconds = this.shown.querySelector(".seconds");
    this.done = done;
    this.denied = denied;
    this.recorder = null;
    root.querySelector(".drop-voice").addEventListener("click", () => this.stop(false));
  }

  async toggle() {
    if (this.recorder) return this.stop(true);
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      return this.denied();
    }
    const types = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
    const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
    const parts = [];
    this.recorder = new MediaRecorder(stream, { mimeType });
    this.recorder.ondataavailable = (event) => parts.push(event.data);
    this.recorder.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      if (this.wanted) {
        const type = mimeType.split(";")[0];
        this.done(new File(parts, `voice.${type.split("/")[1]}`, { type }), (Date.now() - this.since) / 1000);
      }
    };
    this.since = Date.now();
    this.recorder.start();
    this.show(true);
    this.timer = setInterval(() => this.tick(), 250);
    this.tick();
  }

  tick() {
    const passed = Math.floor((Date.now() - this.since) / 1000);
    this.seconds.textContent = `${Math.floor(passed / 60)}:${String(passed % 60).padStart(2, "0")}`;
  }

  stop(wanted) {
    if (!this.recorder) return;
    this.wanted = wanted;
    clearInterval(this.timer);
    this.recorder.stop();
    this.recorder = null;
    this.show(false);
  }

  show(on) {
    this.shown.hidden = !on;
    this.input.hidden = on;
    this.mic.classList.toggle("on", on);
    this.mic.querySelector("use").setAttribute("href", on ? "#i-send" : "#i-mic");
  }
}
