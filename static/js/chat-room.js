// <chat-room data-room data-me data-last data-read data-zone ...words>: a room that is open. Sends without leaving the page and
// shows what others say as it happens, by the stream or, while that is away, by asking every few seconds.
import { Acts } from "./chat-acts.js";
import { Composer } from "./chat-composer.js";
import { countsOf } from "./chat-counts.js";
import { MessageList } from "./chat-list.js";
import { Reading } from "./chat-reading.js";
import { Sending } from "./chat-sending.js";
import { asked } from "./chat-stream.js";
import { Typing } from "./chat-typing.js";

const POLL_MS = 3000, HIDDEN_POLL_MS = 15000, AGAIN_MS = 2000, NEAR = "600px";

class ChatRoom extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form[data-send]");
    if (!this.querySelector("[data-messages]")) return;
    this.id = this.dataset.room;
    this.path = `/messages/${this.id}`;
    this.gone = new AbortController();
    const on = { signal: this.gone.signal };
    this.list = new MessageList(this);
    this.isBehind = Boolean(this.querySelector("a[data-newer]"));
    this.held = new Map();
    this.counts = countsOf("/messages/stream", this.dataset.me);
    this.stream = this.counts.stream;
    this.reading = new Reading(this);
    this.acts = new Acts(this);
    this.sending = new Sending(this);
    this.typing = new Typing(this);
    this.composer = new Composer(this);
    this.hear(on);
    for (const part of [this.composer, this.acts, this.typing, this.reading]) part.connect(on);
    this.older();
    if (this.form) this.sending.restore();
    if (this.stream.state === "open") this.catchUp();
    this.poll();
  }

  disconnectedCallback() {
    this.gone?.abort();
    this.watch?.disconnect();
    clearTimeout(this.timer);
    if (this.counts?.reading === this.id) this.counts.reading = null;
  }

  token() { return document.getElementById("chat-act")?.elements.csrf_token?.value || ""; }

  say(words) { const line = this.querySelector("[data-status]"); if (line) line.textContent = words || ""; }

  hear(on) {
    this.stream.addEventListener("message", (e) => e.detail.room === this.id && this.take([e.detail]), on);
    this.stream.addEventListener("hello", (e) => { if (!e.detail.replayed) this.catchUp(); this.waits(false); this.sending.send(); }, on);
    this.stream.addEventListener("lost", () => this.catchUp(), on);
    this.stream.addEventListener("state", () => this.poll(), on);
    addEventListener("online", () => { this.catchUp(); this.sending.send(); }, on);
    document.addEventListener("visibilitychange", () => !document.hidden && this.stream.state === "away" && this.poll(), on);
  }

  // Shows messages in their order. One whose forerunner is missing waits until that is fetched; what the server says is all.
  take(messages, isAll = false) {
    this.reading.keep(() => {
      let added = 0;
      for (const one of [...messages].sort((a, b) => a.number - b.number)) {
        if (this.isBehind && !isAll && one.number > this.list.last) { added += 1; continue; }
        this.sending.arrived(one.client);
        if (isAll) this.list.last = Math.max(this.list.last, one.number - 1);
        const how = this.list.put(one);
        if (how === "gap") this.held.set(one.number, one);
        if (how === "new") added += this.welcome(one);
        added += this.release();
      }
      return added;
    });
    this.typing.drawRead();
    if (this.list.last) this.querySelector("[data-empty]")?.remove();
    if (this.held.size) this.catchUp();
  }

  // Returns how many messages of others that is.
  welcome(message) {
    if (message.sender === this.dataset.me) return 0;
    this.announce(message);
    this.typing.ended(message.sender);
    return 1;
  }

  // Shows what waited for its forerunner and has it now.
  release() {
    let added = 0;
    for (let next; (next = this.held.get(this.list.last + 1));) if (this.list.put(next) === "new") added += this.welcome(next);
    for (const number of [...this.held.keys()]) if (number <= this.list.last) this.held.delete(number);
    return added;
  }

  announce(message) {
    const live = this.querySelector("[data-live]"), one = this.list.find(message.id);
    if (!live || !one || document.hidden) return;
    const words = one.querySelector("[data-body]")?.textContent.trim().replace(/\s+/g, " ") || "";
    live.append(Object.assign(document.createElement("p"), { textContent: `${one.querySelector("[data-name]")?.textContent.trim() || ""}: ${words.slice(0, 200)}` }));
    while (live.children.length > 5) live.firstElementChild.remove();
  }

  // Fetches what the page lacks, until it has all; asked for several times at once it runs once more.
  async catchUp() {
    this.isWanted = true;
    if (this.isFetching) return;
    this.isFetching = true;
    let found = true;
    while (this.isWanted && found && !this.gone.signal.aborted) {
      this.isWanted = false;
      found = await this.fetchSince();
    }
    this.isFetching = false;
    if (!found && this.stream.state === "open") setTimeout(() => this.catchUp(), AGAIN_MS);
  }

  async fetchSince() {
    if (this.isBehind && !this.isComing) return true;
    const before = this.list.last, query = new URLSearchParams({ room: this.id, after: before, ...(this.at ? { at: this.at } : {}) });
    const said = await asked(`/messages/since?${query}`, this.stream);
    if (!said || this.gone.signal.aborted) return false;
    this.at = said.at;
    this.take(said.messages, true);
    const isMore = said.messages.some((one) => one.number > before) && this.list.last < said.last;
    if (!isMore) { this.list.last = Math.max(this.list.last, said.last); this.isBehind = false; this.querySelector("a[data-newer]")?.closest("p").remove(); }
    if ((isMore && !this.isBehind) || said.more) this.isWanted = true;
    this.isComing = false;
    return true;
  }

  // Who reads on at the end of an older page gets the next one.
  comeCloser() {
    if (this.isComing) return;
    this.isComing = true;
    this.catchUp();
  }

  poll() {
    clearTimeout(this.timer);
    if (this.stream.state !== "away") { if (this.stream.state === "open") this.waits(this.sending.line.length > 0 && this.sending.tries > 0); return; }
    this.catchUp();
    this.timer = setTimeout(() => this.poll(), document.hidden ? HIDDEN_POLL_MS : POLL_MS);
  }

  sent(message) { this.waits(false); this.take([{ room: this.id, ...message }]); }

  waits(isWaiting) {
    const note = this.querySelector("[data-offline]");
    if (note) note.hidden = !isWaiting;
  }

  // Earlier messages are fetched when their link comes near; the place of reading stays.
  older() {
    this.watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.fetchOlder(), { root: this.querySelector("[data-scroll]"), rootMargin: NEAR });
    const link = this.querySelector("a[data-older]");
    if (link) this.watch.observe(link);
  }

  async fetchOlder() {
    const link = this.querySelector("a[data-older]");
    if (!link || this.isOlder) return;
    this.isOlder = true;
    const page = await this.acts.page(link.href);
    const rows = page ? [...page.querySelectorAll("[data-messages] > li")].filter((one) => !("unread" in one.dataset)) : [];
    if (page) {
      this.reading.keepBelow(() => {
        this.list.prepend(rows.map((one) => document.adoptNode(one)));
        const next = page.querySelector("a[data-older]");
        if (next) link.href = next.getAttribute("href"); else link.closest("p").remove();
      });
    }
    this.isOlder = false;
    this.watch.disconnect();
    if (page && link.isConnected) this.watch.observe(link);
  }
}
customElements.define("chat-room", ChatRoom);
