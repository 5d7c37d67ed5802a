// What a person sends: shown at once, kept in this browser until the server has it, sent in order and as often as needed.
// The id made here lets the server store it once, and lets the page show it once.
import { upload } from "./chat-upload.js";
import { uuid } from "./post.js";
import { forget, keep, keyOf, keysOf, recall } from "./unsent.js";

const RETRY_MS = [1000, 2000, 4000, 8000, 15000, 30000], PATIENCE_MS = 20000;
const LATER = new Set([0, 408, 425, 429, 500, 502, 503, 504]);

export class Sending {
  // `room` hears: sent(message), refused(words, sentence) and state(name).
  constructor(room, form) {
    Object.assign(this, { room, form, line: [], tries: 0 });
    this.path = `${new URL(form.action, location.href).pathname}/unsent/`;
  }

  // What was not acknowledged when the page was last left is sent now.
  restore() {
    const kept = keysOf(this.room.dataset.me, this.path).map((key) => recall(key)).filter(Boolean).sort((a, b) => a.at - b.at);
    for (const one of kept) this.add({ client: one.id, ...Object.fromEntries(one.fields) }, false);
  }

  add({ client = uuid(), body, reply = "", files = [] }, isNew = true) {
    if (this.line.some((one) => one.client === client)) return;
    const one = { client, body, reply, files };
    this.line.push(one);
    if (isNew && !files.length) keep(this.key(client), client, [["body", body], ["reply", reply]]);
    this.show(one);
    this.send();
  }

  key(client) { return keyOf(this.room.dataset.me, this.path + client); }

  show({ client, body, files }) {
    const bubble = this.room.querySelector("template[data-bubble]").content.firstElementChild.cloneNode(true);
    bubble.dataset.client = client;
    bubble.querySelector("[data-body]").textContent = [body, ...files.map((file) => file.name)].filter(Boolean).join("\n");
    this.room.list.place.append(bubble);
    this.say(bubble, "sending");
  }

  say(bubble, state) {
    if (!bubble) return;
    bubble.dataset.state = state;
    bubble.querySelector("[data-state]").textContent = this.room.dataset[state] || "";
  }

  bubble(client) { return this.room.list.place.querySelector(`[data-client="${CSS.escape(client)}"]`); }

  // The message came by the stream before the answer did.
  arrived(client) { if (this.line.some((one) => one.client === client)) this.done(client); }

  done(client) {
    this.line = this.line.filter((one) => one.client !== client);
    forget(this.key(client), client);
    this.room.list.drop(client);
  }

  async send() {
    clearTimeout(this.again);
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      while (this.line.length && (await this.post(this.line[0]))) this.tries = 0;
    } finally { this.isBusy = false; }
    if (this.line.length && !this.isOver) this.again = setTimeout(() => this.send(), this.wait());
  }

  wait() { return RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)] * (0.75 + Math.random() / 2); }

  // Returns whether the next one may be sent.
  async post(one) {
    const body = new FormData();
    const fields = [["csrf_token", this.form.elements.csrf_token?.value || ""], ["client_id", one.client], ["body", one.body], ["reply_to", one.reply]];
    for (const [name, value] of fields) body.append(name, value);
    for (const file of one.files) body.append("files", file);
    const answer = one.files.length ? await upload(this.form, body) : await fetch(this.form.action, {
      method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch(() => null);
    const said = answer?.type === "basic" ? await answer.json().catch(() => null) : null;
    if (answer?.ok && said) { this.done(one.client); this.room.sent(said); return true; }
    if (answer?.ok || LATER.has(answer?.status || 0)) {
      if (answer?.type === "opaqueredirect") return this.stop(one);
      for (const waiting of this.line) this.say(this.bubble(waiting.client), "waiting");
      this.room.waits(true);
      return false;
    }
    if (answer.status === 401) return this.stop(one);
    this.done(one.client);
    this.form.dispatchEvent(new CustomEvent("chatrefused", { detail: { files: one.files } }));
    this.room.refused(one, said?.error);
    return true;
  }

  // Signed out: it stays here, and is sent at the next visit.
  stop() {
    this.isOver = true;
    for (const waiting of this.line) this.say(this.bubble(waiting.client), "signedout");
    this.room.waits(true);
    return false;
  }
}
