// Pictures, voices and files in a bubble. Sizes are set at once, so that nothing jumps.

import { el, icon } from "./dom.js";
import { size, words } from "./words.js";

export function mediaNode(media, onsized) {
  const { kind, url } = media;
  if (kind === "photo" || kind === "sticker") {
    const link = el("a", { href: url, target: "_blank", rel: "noopener", onclick: (e) => e.stopPropagation() });
    link.append(el("img", {
      class: "media photo", src: url, alt: words.media[kind], loading: "lazy",
      width: media.width, height: media.height,
    }));
    return link;
  }
  if (kind === "video" || kind === "video_note" || kind === "animation") {
    return el("video", { class: "media video", src: url, controls: true, preload: "metadata", width: 320, height: 180,
      onclick: (e) => e.stopPropagation(), onloadedmetadata: onsized });
  }
  if (kind === "voice" || kind === "audio") {
    return el("audio", { class: "media voice", src: url, controls: true, preload: "none",
      "aria-label": words.media[kind], onclick: (e) => e.stopPropagation() });
  }
  const about = el("span", {}, el("span", { text: media.name || words.media.document }));
  if (media.size) about.append(el("small", { text: size(media.size) }));
  return el("a", { class: "media document", href: url, download: media.name || true,
    onclick: (e) => e.stopPropagation() },
    el("span", { class: "sheet" }, icon("file")), about);
}

export function placeNode(message) {
  if (message.location) {
    const { latitude, longitude } = message.location;
    return el("span", { class: "media document" }, el("span", { class: "sheet" }, icon("place")),
      el("span", {}, el("span", { text: words.media.location }),
        el("small", { text: `${latitude.toFixed(5)}, ${longitude.toFixed(5)}` })));
  }
  if (message.contact) {
    const name = [message.contact.first_name, message.contact.last_name].filter(Boolean).join(" ");
    return el("span", { class: "media document" }, el("span", { class: "sheet" }, icon("person")),
      el("span", {}, el("span", { text: name }), el("small", { text: `+${message.contact.phone_number.replace(/^\+/, "")}` })));
  }
  return null;
}
