// <chat-badge data-stream data-me data-words>: the number of unread messages behind "Messages", kept up to date.
import { countsOf } from "./chat-counts.js";

class ChatBadge extends HTMLElement {
  connectedCallback() {
    this.counts = countsOf(this.dataset.stream, this.dataset.me);
    this.draw = () => this.show(this.counts.total);
    this.counts.addEventListener("counted", this.draw);
  }

  disconnectedCallback() { this.counts?.removeEventListener("counted", this.draw); }

  show(total) {
    if (total === null) return;
    const words = Object.assign(document.createElement("span"), { className: "vh", textContent: ` ${this.dataset.words}` });
    const number = Object.assign(document.createElement("span"), { className: "count", textContent: total > 99 ? "99+" : total });
    number.append(words);
    this.replaceChildren(...(total ? [number] : []));
  }
}
customElements.define("chat-badge", ChatBadge);
