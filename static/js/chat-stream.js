// What happens in a person's rooms, as it happens: one connection for all tabs of a browser that can share it (Web Locks and
// BroadcastChannel), else one for each tab. Events: message, read, typing, here, hello, lost, and state (open, away, over).

const NAMES = ["hello", "message", "read", "typing", "here", "lost", "beat"];
const RETRY_MS = [500, 2000, 5000, 10000, 20000], SILENT_MS = 50000, AWAY_MS = 1500;
const streams = new Map();

// Returns this tab's stream for an address and a person.
export function streamOf(url, owner) {
  const key = `${url} ${owner}`;
  if (!streams.has(key)) streams.set(key, new Stream(url, owner));
  return streams.get(key);
}

class Stream extends EventTarget {
  constructor(url, owner) {
    super();
    Object.assign(this, { url, state: "opening", last: 0, tries: 0, here: new Set() });
    addEventListener("online", () => this.isOwn && this.state !== "open" && this.open());
    addEventListener("pageshow", (e) => e.persisted && this.isOwn && this.open());
    addEventListener("pagehide", () => this.source?.close());
    if (navigator.locks && globalThis.BroadcastChannel) this.share(`kweek:chat:${owner}`); else this.lead();
  }

  share(name) {
    this.channel = new BroadcastChannel(name);
    this.channel.addEventListener("message", (e) => this.overheard(e.data));
    this.channel.postMessage({ ask: true });
    this.watch();
    navigator.locks.request(name, () => { this.lead(); return new Promise(() => {}); }).catch(() => this.lead());
  }

  lead() {
    if (this.isOwn) return;
    this.isOwn = this.isLeading = true;
    this.open();
  }

  // What another tab of this browser heard, or asks.
  overheard({ ask, name, data, last, state, here }) {
    if (ask) {
      if (this.isLeading) this.channel.postMessage({ state: this.state, here: [...this.here], last: this.last });
      return;
    }
    if (this.isOwn) return;
    this.last = Math.max(this.last, last || 0);
    this.watch();
    for (const member of here || []) this.tell("here", { member, here: true });
    if (state) this.turn(state);
    if (name) this.tell(name, data);
  }

  open() {
    if (this.state === "over") return;
    clearTimeout(this.again);
    this.source?.close();
    this.source = new EventSource(this.last ? `${this.url}?last=${this.last}` : this.url);
    for (const name of NAMES) this.source.addEventListener(name, (e) => this.heard(name, JSON.parse(e.data), Number(e.lastEventId)));
    this.source.onerror = () => this.broke();
    this.watch();
  }

  heard(name, data, last) {
    this.last = Math.max(this.last, last || 0);
    this.tries = 0;
    this.watch();
    if (this.isLeading) this.channel?.postMessage({ name, data, last: this.last, state: "open" });
    this.turn("open");
    this.tell(name, data);
  }

  tell(name, detail) {
    if (name === "here") this.here[detail.here ? "add" : "delete"](detail.member);
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // Silence longer than a beat means that nothing would be heard either; a tab that shares then listens for itself.
  watch() {
    clearTimeout(this.silent);
    this.silent = setTimeout(() => { if (this.isOwn) return this.broke(); this.isOwn = true; this.open(); }, SILENT_MS);
  }

  // Others come back at the same moment: each waits a little differently.
  broke() {
    this.source?.close();
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)] * (0.5 + Math.random());
    clearTimeout(this.again);
    this.again = setTimeout(() => this.open(), wait);
    if (this.state !== "away") this.late ??= setTimeout(() => this.turn("away"), this.state === "open" ? AWAY_MS : 4 * AWAY_MS);
  }

  turn(state) {
    if (state === "open" || state === "over") { clearTimeout(this.late); this.late = null; }
    if (state === this.state || this.state === "over") return;
    this.state = state;
    this.late = null;
    if (this.isLeading && state !== "open") this.channel?.postMessage({ state });
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  // The person is signed out: nothing more is asked.
  end() {
    this.source?.close();
    clearTimeout(this.again);
    clearTimeout(this.silent);
    this.turn("over");
  }
}

// Returns the JSON answer of the server; null without one. A signed-out person's stream ends.
export async function asked(url, stream) {
  const headers = { Accept: "application/json" };
  const answer = await fetch(url, { headers, redirect: "manual", credentials: "same-origin" }).catch(() => null);
  if (answer?.status === 401 || answer?.type === "opaqueredirect") stream.end();
  return answer?.ok ? answer.json().catch(() => null) : null;
}
