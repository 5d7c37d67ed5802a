// How far a person has read, and where they are in a room: marks what was on the screen while the page was visible, keeps the
// end in sight for who is there, and offers "new messages" to who is further up.
import { numberOf } from "./chat-list.js";

const MARK_MS = 1200, END_PX = 80;

export class Reading {
  constructor(room) {
    Object.assign(this, { room, list: room.list, marked: room.isBehind ? Number(room.dataset.read || 0) : room.list.last, unseen: 0 });
    this.box = room.querySelector("[data-scroll]");
    this.button = room.querySelector("[data-to-new]");
  }

  connect(on) {
    (this.box || document).addEventListener("scroll", () => this.moved(), { ...on, passive: true });
    document.addEventListener("visibilitychange", () => this.moved(), on);
    addEventListener("focus", () => this.moved(), on);
    addEventListener("pagehide", () => this.mark(true), on);
    this.button?.addEventListener("click", () => this.jump(), on);
    this.begin();
  }

  scroller() { return this.box || document.scrollingElement; }

  isAtEnd() { const box = this.scroller(); return box.scrollHeight - box.scrollTop - box.clientHeight < END_PX; }

  toEnd() { const box = this.scroller(); box.scrollTop = box.scrollHeight; }

  // The page opens at the first unread message, else at the last one.
  begin() {
    const line = this.list.place.querySelector("[data-unread]"), named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (named && this.list.place.contains(named)) named.scrollIntoView({ block: "center" });
    else if (line) line.scrollIntoView({ block: "start" });
    else if (!this.room.isBehind) this.toEnd();
    this.moved();
  }

  // Runs `change`, which adds something at the end, without losing the place.
  keep(change) {
    const wasAtEnd = this.isAtEnd();
    const added = change();
    if (wasAtEnd) this.toEnd(); else this.offer(added);
    this.moved();
  }

  // Runs `change`, which adds something above, without losing the place.
  keepBelow(change) {
    const box = this.scroller(), below = box.scrollHeight - box.scrollTop;
    change();
    box.scrollTop = box.scrollHeight - below;
  }

  offer(added) {
    this.unseen += added;
    if (!this.button || !this.unseen) return;
    this.button.hidden = false;
  }

  jump() {
    if (this.room.isBehind) { location.assign(`${this.room.path}#send`); return; }
    this.toEnd();
    this.room.form?.elements.body.focus({ preventScroll: true });
    this.moved();
  }

  isSeen() { return document.visibilityState === "visible" && document.hasFocus(); }

  moved() {
    if (this.isAtEnd() && this.room.isBehind) this.room.comeCloser();
    if (this.isAtEnd() && !this.room.isBehind) { this.unseen = 0; if (this.button) this.button.hidden = true; }
    this.room.counts.reading = this.isSeen() && this.isAtEnd() ? this.room.id : null;
    if (this.isSeen() && this.lowest() > this.marked) this.timer ??= setTimeout(() => this.mark(), MARK_MS);
  }

  // The number of the last message that is on the screen.
  lowest() {
    const foot = this.box ? this.box.getBoundingClientRect().bottom : innerHeight;
    const seen = this.list.messages().findLast((one) => one.getBoundingClientRect().top < foot - 8);
    return Math.max(numberOf(seen), this.seenTo || 0);
  }

  async mark(isLeaving = false) {
    clearTimeout(this.timer);
    this.timer = null;
    if (!isLeaving && !this.isSeen()) return;
    const number = this.lowest();
    if (number <= this.marked) return;
    const before = this.marked, body = new FormData();
    this.marked = number;
    body.append("csrf_token", this.room.token());
    body.append("number", number);
    const answer = await fetch(`${this.room.path}/read`, {
      method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin", keepalive: isLeaving,
    }).catch(() => null);
    if (!answer?.ok && this.marked === number) this.marked = before;
  }
}
