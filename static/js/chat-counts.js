// How many messages are unread, by room: as the server last said, and what was heard since. Tells `counted`.
import { asked, streamOf } from "./chat-stream.js";

const SOON_MS = 400, POLL_MS = 20000, KEPT = 500;
const known = new Map();

// Returns this tab's counts for a person.
export function countsOf(url, me) {
  if (!known.has(me)) known.set(me, new Counts(url, me));
  return known.get(me);
}

class Counts extends EventTarget {
  constructor(url, me) {
    super();
    Object.assign(this, { me, url: url.replace(/stream$/, "since"), rooms: {}, silent: new Set(), total: null, reading: null, ids: new Set() });
    this.stream = streamOf(url, me);
    this.stream.addEventListener("hello", (e) => (e.detail.rooms ? this.take(e.detail) : this.ask()));
    this.stream.addEventListener("lost", () => this.ask());
    this.stream.addEventListener("message", (e) => this.heard(e.detail));
    this.stream.addEventListener("read", (e) => e.detail.member === me && this.ask());
    this.stream.addEventListener("state", () => this.poll());
    this.poll();
  }

  heard(message) {
    if (message.version > 1 || message.sender === this.me || this.ids.has(message.id)) return;
    this.ids.add(message.id);
    if (this.ids.size > KEPT) this.ids.delete(this.ids.values().next().value);
    if (this.reading === message.room) return;
    this.rooms[message.room] = (this.rooms[message.room] || 0) + 1;
    if (this.total !== null && !this.silent.has(message.room)) this.total += 1;
    this.tell();
  }

  ask() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => this.take(await asked(this.url, this.stream)), SOON_MS);
  }

  take(said) {
    if (!said) return;
    Object.assign(this, { rooms: said.rooms, silent: new Set(said.silent || []), total: said.unread });
    this.tell();
  }

  tell() { this.dispatchEvent(new Event("counted")); }

  // Without the stream the server is asked now and then.
  poll() {
    clearInterval(this.polling);
    if (this.stream.state === "away") this.polling = setInterval(() => !document.hidden && this.ask(), POLL_MS);
  }
}
