// The switch of faults and of the speed limit.

import { send } from "./api.js";
import { popup } from "./dom.js";
import { count, words } from "./words.js";

export class Faults {
  constructor() {
    this.box = document.getElementById("faults");
    this.opener = document.getElementById("fault-switch");
    this.share = document.getElementById("fault-share");
    this.mode = document.getElementById("limit-mode");
    this.rules = [];
    const control = popup(this.box, this.opener);
    this.opener.addEventListener("click", () => control.toggle());
    for (const check of this.box.querySelectorAll("[data-fault]")) {
      check.addEventListener("change", () => (check.checked ? this.add(check.dataset.fault) : this.remove(check.dataset.fault)));
    }
    this.share.addEventListener("change", async () => {
      const kinds = [...new Set(this.rules.map((rule) => rule.kind))];
      await send("/faults", {}, "DELETE");
      for (const kind of kinds) await this.add(kind);
    });
    this.mode.addEventListener("change", () => send("/limits", { mode: this.mode.value }));
  }

  add(kind) { return send("/faults", { kind, share: Number(this.share.value) }); }

  async remove(kind) {
    for (const rule of this.rules.filter((each) => each.kind === kind)) {
      await send(`/faults/${rule.id}`, {}, "DELETE");
    }
  }

  show(rules, limits) {
    this.rules = rules;
    if (limits) this.mode.value = limits.mode;
    const kinds = new Set(rules.map((rule) => rule.kind));
    for (const check of this.box.querySelectorAll("[data-fault]")) check.checked = kinds.has(check.dataset.fault);
    document.getElementById("fault-state").textContent = kinds.size ? count(words.faults_on, kinds.size) : words.faults_off;
    this.opener.classList.toggle("on", kinds.size > 0);
  }
}
