// The box in which a message is written: Enter sends, what is not sent stays for the next visit, what is refused comes back.
import { uuid } from "./post.js";
import { forget, keep, keyOf, recall } from "./unsent.js";

const OWN = new Set(["csrf_token", "client_id", "body", "reply_to"]);

export class Composer {
  constructor(room) {
    this.room = room;
    this.form = room.form;
    this.draft = keyOf(room.dataset.me, `${room.path}/draft`);
  }

  connect(on) {
    if (!this.form) return;
    const { body } = this.form.elements;
    this.form.addEventListener("submit", (e) => this.submit(e), on);
    body.addEventListener("keydown", (e) => this.key(e), on);
    body.addEventListener("input", () => { this.grow(); this.room.typing.types(); keep(this.draft, "draft", [["body", body.value]]); }, on);
    this.recallDraft();
  }

  // Enter sends where there is a keyboard; Shift+Enter, and Enter on a phone, begin a new line.
  key(e) {
    if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.defaultPrevented || matchMedia("(pointer: coarse)").matches) return;
    e.preventDefault();
    this.form.requestSubmit();
  }

  // On an older page the form goes the way it goes without this: the answer shows the end of the room.
  submit(e) {
    if (this.room.isBehind && !this.room.acts.editing) return;
    e.preventDefault();
    const { body, reply_to: reply } = this.form.elements, words = body.value.trim();
    if (this.room.acts.editing) { if (words) this.room.acts.save(words); return; }
    const more = this.more();
    if (!words && !more.length) { body.focus(); return; }
    this.room.say("");
    this.room.sending.add({ client: uuid(), body: words, reply: reply.value, more });
    this.clear();
    this.room.reading.toEnd();
  }

  // Files, and what is said of them. Without files nothing.
  more() {
    const all = [...new FormData(this.form)].filter(([name, value]) => !OWN.has(name) && (typeof value === "string" || value.size));
    return all.some(([, value]) => typeof value !== "string") ? all : [];
  }

  clear() {
    const words = this.form.elements.body;
    words.value = "";
    forget(this.draft, "draft");
    this.form.dispatchEvent(new Event("chat:sent"));
    this.room.acts.leave();
    words.focus();
  }

  recallDraft() {
    const { body } = this.form.elements, kept = recall(this.draft);
    if (kept && !body.value) { body.value = Object.fromEntries(kept.fields).body || ""; this.grow(); }
  }

  // The box is as high as its words, where the browser does not see to that itself.
  grow() {
    if (!this.form) return;
    const { body } = this.form.elements;
    if (CSS.supports("field-sizing", "content")) return;
    body.rows = Math.min(8, Math.max(1, body.value.split("\n").length));
  }

  // What the server refuses comes back into the box, before what was typed meanwhile.
  refused({ body: words, more }, sentence) {
    const { body } = this.form.elements, [input] = this.form.querySelectorAll("input[type=file]"), files = new DataTransfer();
    body.value = [words, body.value].filter(Boolean).join("\n");
    for (const [, value] of more) if (typeof value !== "string") files.items.add(value);
    if (input && files.items.length) { input.files = files.files; input.dispatchEvent(new Event("change", { bubbles: true })); }
    this.grow();
    this.room.say(sentence || this.room.dataset.refused);
  }
}
