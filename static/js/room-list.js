// <room-list>: the list of rooms; the number of unread messages behind each, and who is here, as it happens.
// A room in which something new is said goes to the top of those that are not pinned.
import { countsOf } from "./chat-counts.js";

const REFRESH_MS = 1000;

class RoomList extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    this.asked = new Set();
    const on = { signal: this.gone.signal };
    const badge = document.querySelector("chat-badge");
    if (!badge) return;
    this.counts = countsOf(badge.dataset.stream, badge.dataset.me);
    this.counts.addEventListener("counted", () => this.draw(), on);
    this.counts.stream.addEventListener("message", (e) => this.rise(e.detail), on);
    this.counts.stream.addEventListener("here", (e) => this.dot(e.detail), on);
    for (const member of this.counts.stream.here) this.dot({ member, here: true });
  }

  disconnectedCallback() { this.gone?.abort(); }

  link(room) { return this.querySelector(`[data-room-link="${CSS.escape(room)}"]`); }

  draw() {
    for (const link of this.querySelectorAll("[data-room-link]")) {
      const count = link.querySelector("[data-room-count]"), number = this.counts.rooms[link.dataset.roomLink] || 0;
      if (!count) continue;
      if (count.firstChild?.nodeType === Node.TEXT_NODE) count.firstChild.data = number || ""; else count.prepend(number || "");
      count.hidden = !number;
      link.classList.toggle("is-unread", number > 0);
    }
    const missing = Object.keys(this.counts.rooms).filter((room) => !this.link(room) && !this.asked.has(room));
    for (const room of missing) this.asked.add(room);
    if (missing.length) this.refresh();
  }

  rise(message) {
    const link = this.link(message.room), row = link?.closest("li");
    if (message.version > 1) return;
    if (!row) { this.refresh(); return; }
    const last = link.querySelector("[data-room-last]"), frame = document.createElement("template");
    frame.innerHTML = message.html;
    if (last) last.textContent = this.words(message, row, frame.content);
    const [time, at] = [link.querySelector("time"), frame.content.querySelector("time")];
    if (time && at) time.replaceWith(at);
    const first = [...row.parentElement.children].find((one) => !("pinned" in one.dataset));
    if (!("pinned" in row.dataset) && first !== row && !row.contains(document.activeElement)) first.before(row);
  }

  words(message, row, drawn) {
    const words = drawn.querySelector("[data-body]")?.textContent.trim().replace(/\s+/g, " ").slice(0, 140) || "";
    if (message.sender === this.counts.me) return (this.dataset.you || "{words}").replace("{words}", words);
    const [name] = (drawn.querySelector("[data-name]")?.textContent.trim() || "").split(" ");
    return row.dataset.presence || !name ? words : `${name}: ${words}`;
  }

  // A room that was not in the list: the server draws the list anew.
  refresh() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
      const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("room-list");
      if (fresh && !this.contains(document.activeElement)) this.replaceChildren(...fresh.children);
      this.draw();
    }, REFRESH_MS);
  }

  dot({ member, here }) {
    for (const dot of this.querySelectorAll(`[data-presence="${CSS.escape(member)}"]`)) dot.classList.toggle("here", here);
  }
}
customElements.define("room-list", RoomList);
