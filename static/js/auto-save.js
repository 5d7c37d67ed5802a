// <auto-save data-owner data-status>: saves its form 800 ms after the last change. What is not acknowledged is kept in
// this browser and sent again: after a while, when the connection is back, and at the next visit. A form that says which
// state it shows (`seen`) never replaces what somebody else wrote meanwhile: the person is asked which of the two stays.
import { beforeSubmit } from "./before-submit.js";
import { clock, postForm, uuid } from "./post.js";
import { forget, keep, keyOf, recall } from "./unsent.js";

const WAIT_MS = 800, RETRY_MS = [2000, 5000, 15000, 30000, 60000], NOT_KEPT = new Set(["csrf_token", "client_id"]);

class AutoSave extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.key = keyOf(this.dataset.owner, this.form.action);
    this.tries = 0;
    this.own = [this.plain(this.values())];
    this.gone = new AbortController();
    const on = { signal: this.gone.signal };
    this.form.addEventListener("input", () => this.changed(), on);
    this.form.addEventListener("change", () => this.changed(), on);
    this.form.addEventListener("submit", (e) => this.leave(e), on);
    addEventListener("online", () => this.pending && this.send(), on);
    addEventListener("pagehide", () => this.pending && this.send({ keepalive: true }), on);
    this.free = beforeSubmit((form) => (form === this.form ? this.landed() : this.pending && this.send()));
    this.restore();
  }

  disconnectedCallback() {
    this.gone?.abort();
    this.free?.();
    clearTimeout(this.timer);
    if (this.handedOver) forget(this.key, this.handedOver);
  }

  changed() {
    this.pending = uuid();
    this.tries = 0;
    keep(this.key, this.pending, this.values(), this.own);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), WAIT_MS);
  }

  values() { return [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name)); }

  // Files are sent by the form's own buttons, never in the background.
  body() {
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
    return body;
  }

  restore() {
    const kept = recall(this.key);
    if (!kept) return;
    if (this.isStale(kept)) return this.setAside(kept);
    this.fill(kept);
    this.pending = kept.id;
    this.send();
  }

  fill(kept) {
    const names = new Set([...this.form.elements].map((c) => c.name).filter((n) => n && !NOT_KEPT.has(n)));
    for (const name of names) this.put(name, kept.fields.filter(([n]) => n === name).map(([, v]) => v));
  }

  // Where the page shows what this person began with, or what they sent before that, nobody else wrote: an upload changed
  // the state, or two savings overtook each other on a slow line.
  isStale(kept) {
    const seen = kept.fields.find(([name]) => name === "seen");
    return seen && seen[1] !== this.form.elements.seen?.value && !kept.own?.includes(this.plain(this.values()));
  }

  plain(fields) {
    return JSON.stringify(fields.filter(([name]) => name !== "seen").map(([name, text]) => [name, text.replaceAll("\r\n", "\n").trim()]));
  }

  // What was typed on top of an older state: the page shows the newer one, and offers the other.
  setAside(kept) {
    if (this.plain(kept.fields) === this.plain(this.values())) return forget(this.key, kept.id);
    const putBack = () => {
      this.fill(kept);
      for (const field of this.form.elements) field.dispatchEvent(new CustomEvent("restored"));
      this.changed();
    };
    this.ask("aside", ["back", putBack], ["away", () => forget(this.key, kept.id)]);
  }

  ask(about, ...choices) {
    const words = this.box().dataset, note = document.createElement("div"), text = document.createElement("p"), row = document.createElement("div"), both = document.createElement("div");
    this.querySelector(":scope > .notice")?.remove();
    note.className = "notice notice-warn";
    row.className = "cluster";
    note.role = "alert";
    text.textContent = words[about];
    for (const [name, act] of choices) row.append(this.button(words[name], () => { note.remove(); act(); }));
    both.className = "stack gap-s";
    both.append(text, row);
    note.append(both);
    this.prepend(note);
  }

  button(label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  }

  box() { return this.dataset.status ? document.getElementById(this.dataset.status) : this.querySelector(".autosave"); }

  put(name, values) {
    const controls = [...this.form.elements].filter((c) => c.name === name);
    controls.forEach((c, place) => {
      if (c.type === "checkbox" || c.type === "radio") c.checked = values.includes(c.value);
      else if (c.tagName === "SELECT" && c.multiple) [...c.options].forEach((o) => { o.selected = values.includes(o.value); });
      else if (!["hidden", "file", "submit", "button"].includes(c.type) && place in values) c.value = values[place];
    });
  }

  // Resolves when what is pending now was sent, also if another sending is under way.
  send({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (!this.pending) return Promise.resolve();
    if (keepalive) return this.sendNow({ keepalive });
    this.line = (this.line ?? Promise.resolve()).then(() => this.sendNow());
    return this.line;
  }

  async sendNow({ keepalive = false } = {}) {
    const id = this.pending;
    if (!id) return;
    this.own = [...this.own, this.plain(this.values())].slice(-6);
    if (this.form.elements.client_id) this.form.elements.client_id.value = id;
    this.show("saving");
    this.flying = (this.flying || 0) + 1;
    const answer = await postForm(this.form, { keepalive, body: this.body() }).catch(() => null);
    this.flying--;
    this.settle(id, answer);
  }

  settle(id, answer) {
    if (answer?.ok) {
      forget(this.key, id);
      this.note(answer.headers.get("X-Seen"));
      if (this.pending === id) { this.pending = null; this.tries = 0; this.show("saved"); }
      this.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
      return;
    }
    const signedOut = answer && (answer.status === 401 || answer.type === "opaqueredirect");
    const refused = answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    const clash = answer?.status === 409, seen = clash && answer.headers.get("X-Seen");
    this.show(signedOut ? "signedout" : clash ? "conflict" : refused ? "refused" : "failed");
    if (seen) this.ask("clash", ["mine", () => { this.note(seen); this.send(); }], ["theirs", () => location.reload()]);
    if (signedOut || refused) return;
    this.timer = setTimeout(() => this.send(), RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]);
  }

  // The state of the row that this form shows, so that the server notices when somebody else changes it.
  note(seen) {
    if (!seen || !this.form.elements.seen) return;
    this.form.elements.seen.value = seen;
    if (this.pending) keep(this.key, this.pending, this.values(), this.own);
  }

  // This form is about to leave by itself and carries what is pending: nothing more is sent before it.
  landed() {
    clearTimeout(this.timer);
    return this.flying && this.line;
  }

  // A plain submit carries the values itself. One that a script took over (quiz-check) may still fail, so what is kept
  // stays until the answer takes this form's place.
  leave(e) {
    clearTimeout(this.timer);
    const id = this.pending;
    this.pending = null;
    if (!id) return;
    this.handedOver = id;
    setTimeout(() => e.defaultPrevented || forget(this.key, id));
  }

  show(state) {
    const box = this.box(), text = box?.querySelector(".autosave-text");
    if (!text) return;
    box.classList.toggle("is-failed", state !== "saving" && state !== "saved");
    const words = box.dataset[state].replace("{time}", clock());
    text.replaceChildren(words);
    if (state !== "failed" && state !== "signedout") return;
    text.append(" ", this.button(box.dataset.again, () => this.send()));
  }
}
customElements.define("auto-save", AutoSave);
