// What a person sends: shown at once, kept in this browser until the server has it, sent in order and as often as needed.
// The id made here lets the server store it once, and lets the page show it once.
import { uuid } from "./post.js";
import { forget, keep, keyOf, keysOf, recall } from "./unsent.js";

const RETRY_MS = [1000, 2000, 4000, 8000, 15000, 30000], PATIENCE_MS = 20000, FILES_MS = 300000;
const REDIRECT = -1, CANCELLED = 499;
const LATER = new Set([0, 408, 425, 429, 500, 502, 503, 504]);

export class Sending {
  // `room` hears: sent(message), refused(words, sentence) and state(name).
  constructor(room) {
    Object.assign(this, { room, line: [], tries: 0 });
    this.path = `${room.path}/unsent/`;
  }

  // What was not acknowledged when the page was last left is sent now.
  restore() {
    const kept = keysOf(this.room.dataset.me, this.path).map((key) => recall(key)).filter(Boolean).sort((a, b) => a.at - b.at);
    for (const one of kept) this.add({ client: one.id, ...Object.fromEntries(one.fields) }, false);
  }

  add({ client = uuid(), body, reply = "", more = [] }, isNew = true) {
    if (this.line.some((one) => one.client === client)) return;
    const one = { client, body, reply, more };
    this.line.push(one);
    if (isNew && !more.length) keep(this.key(client), client, [["body", body], ["reply", reply]]);
    this.show(one);
    this.send();
  }

  key(client) { return keyOf(this.room.dataset.me, this.path + client); }

  show({ client, body, more }) {
    const bubble = this.room.querySelector("template[data-bubble]").content.firstElementChild.cloneNode(true);
    bubble.dataset.client = client;
    bubble.querySelector("[data-body]").textContent = [body, ...more.map(([, value]) => value.name)].filter(Boolean).join("\n");
    this.room.reading.keep(() => { this.room.list.place.append(bubble); this.say(bubble, "sending"); return 0; });
  }

  say(bubble, state) {
    if (!bubble) return;
    bubble.dataset.state = state;
    bubble.querySelector("[data-state]").textContent = this.room.dataset[state] || "";
  }

  waits(state) {
    this.room.reading.keep(() => { for (const { client } of this.line) this.say(this.bubble(client), state); return 0; });
    this.room.waits(state === "waiting");
    return false;
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
    const { status, said } = await (one.more.length ? this.upload(one) : this.fetch(one));
    if (status === 200 && said) { this.done(one.client); this.room.sent(said); return true; }
    if (status === 401 || status === REDIRECT) return this.stop();
    if (status < 400 || LATER.has(status)) {
      return this.waits("waiting");
    }
    this.done(one.client);
    this.room.composer.refused(one, said?.error);
    return true;
  }

  body({ client, body, reply, more }) {
    const sent = new FormData();
    for (const [name, value] of [["csrf_token", this.room.token()], ["client_id", client], ["body", body], ["reply_to", reply], ...more]) sent.append(name, value);
    return sent;
  }

  async fetch(one) {
    const answer = await fetch(this.room.path, {
      method: "POST", body: this.body(one), headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch(() => null);
    if (answer?.type === "opaqueredirect") return { status: REDIRECT };
    return { status: answer?.status || 0, said: await answer?.json().catch(() => null) };
  }

  // Files take a while: the form hears how far they are, and may give up.
  upload(one) {
    return new Promise((told) => {
      const request = Object.assign(new XMLHttpRequest(), { responseType: "json", timeout: FILES_MS });
      request.open("POST", this.room.path);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = ({ loaded, total }) => this.room.form.dispatchEvent(new CustomEvent("chat:progress", { detail: { loaded, total } }));
      const { form } = this.room, end = new AbortController();
      form.addEventListener("chat:cancel", () => { one.isCancelled = true; request.abort(); }, { signal: end.signal });
      request.onloadend = () => { end.abort(); form.dispatchEvent(new CustomEvent("chat:progress")); told({ status: one.isCancelled ? CANCELLED : request.status, said: request.response }); };
      request.send(this.body(one));
    });
  }

  // Signed out: it stays here, and is sent at the next visit.
  stop() {
    this.isOver = true;
    return this.waits("signedout");
  }
}
