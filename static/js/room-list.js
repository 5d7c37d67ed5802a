// <room-list>: the list of rooms; the number of unread messages behind each, and who is here, as it happens.
// A room in which something new is said goes to the top of those that are not pinned.
import { countsOf } from "./chat-counts.js";

class RoomList extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
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
  }

  rise(message) {
    const link = this.link(message.room), row = link?.closest("li");
    if (!row || message.version > 1) return;
    const last = link.querySelector("[data-room-last]"), frame = document.createElement("template");
    frame.innerHTML = message.html;
    if (last) last.textContent = frame.content.querySelector("[data-body]")?.textContent.trim().replace(/\s+/g, " ").slice(0, 140) || "";
    const first = [...row.parentElement.children].find((one) => !("pinned" in one.dataset));
    if (!("pinned" in row.dataset) && first !== row && !row.contains(document.activeElement)) first.before(row);
  }

  dot({ member, here }) {
    for (const dot of this.querySelectorAll(`[data-presence="${CSS.escape(member)}"]`)) dot.classList.toggle("here", here);
  }
}
customElements.define("room-list", RoomList);
