// <test-paper data-owner data-now data-status data-offline>: sends each answer of its form a moment after it changes. What
// the server has not acknowledged is held in this browser, sent again, and keeps the paper from being handed in.
import { HeldAnswer } from "./held-answer.js";
import { clock } from "./post.js";

class TestPaper extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.begun = performance.now();
    this.answers = [...this.querySelectorAll("[data-save]")].map((place) => new HeldAnswer(this, place));
    for (const name of ["input", "change"]) this.form.addEventListener(name, (e) => this.changed(e));
    this.form.addEventListener("submit", (e) => this.leave(e));
    addEventListener("online", () => this.sendAll());
    document.addEventListener("timeup", () => this.form.requestSubmit(Object.assign(this.form.querySelector("[data-hand-in]"), { value: "anyway" })));
    for (const one of this.open()) this.restore(one);
  }

  open() { return this.answers.filter((one) => one.held); }
  sendAll() { return Promise.all(this.open().map((one) => one.send())); }
  mark(one, value) { const field = this.form.elements[`${one.start}mark`]; if (field) field.value = value; }

  // Each answer carries when it was given, by the server's clock: an older one does not replace a newer.
  changed(e) {
    const one = this.answers.find(({ place }) => place.contains(e.target));
    if (!one) return;
    this.last = Math.max((this.last || 0) + 1, Math.round(Number(this.dataset.now) + performance.now() - this.begun));
    const fields = [...new FormData(this.form)].filter(([name]) => name.startsWith(one.start) && !name.endsWith("-mark"));
    this.mark(one, "");
    one.hold([...fields, ["sequence", String(this.last)]]);
  }

  restore(one) {
    const nth = {};
    for (const c of one.place.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      const values = one.held.fields.filter(([name]) => name === c.name).map(([, value]) => value);
      nth[c.name] = (nth[c.name] ?? -1) + 1;
      if (c.type === "checkbox" || c.type === "radio") c.checked = values.includes(c.value);
      else if (nth[c.name] in values) c.value = values[nth[c.name]];
    }
    this.mark(one, "");
    one.send();
  }

  // Enter in a field presses the first button, which only saves.
  async leave(e) {
    const isSave = e.submitter?.value === "save";
    if (!isSave && !this.open().length) return;
    e.preventDefault();
    await this.sendAll();
    if (this.open().length) this.show("failed", this.dataset.offline);
    else if (!isSave) this.form.requestSubmit(e.submitter);
  }

  told(one, state, words) {
    if (state === "saved" && !one.held) this.mark(one, "=");
    this.show(state, words);
  }

  show(state, words) {
    const box = document.getElementById(this.dataset.status);
    box.classList.toggle("is-failed", Boolean(words) || !["saving", "saved"].includes(state));
    box.querySelector(".autosave-text").textContent = words || box.dataset[state].replace("{time}", clock());
  }
}
customElements.define("test-paper", TestPaper);
