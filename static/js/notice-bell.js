// <notice-bell data-source data-words>: the number at the bell, kept up to date. Whoever hears of something new (the stream,
// the worker of push) says so: document.dispatchEvent(new CustomEvent("notices")), with the number as detail if it is known.

const STALE_MS = 60_000;

class NoticeBell extends HTMLElement {
  connectedCallback() {
    this.asked = Date.now();
    this.heard = (event) => (Number.isInteger(event.detail) ? this.show(event.detail) : this.ask());
    this.seen = () => !document.hidden && Date.now() - this.asked > STALE_MS && this.ask();
    this.told = (event) => event.data === "notices" && this.ask();
    document.addEventListener("notices", this.heard);
    document.addEventListener("visibilitychange", this.seen);
    navigator.serviceWorker?.addEventListener("message", this.told);
  }

  disconnectedCallback() {
    document.removeEventListener("notices", this.heard);
    document.removeEventListener("visibilitychange", this.seen);
    navigator.serviceWorker?.removeEventListener("message", this.told);
  }

  async ask() {
    this.asked = Date.now();
    try {
      const answer = await fetch(this.dataset.source, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (answer.ok) this.show((await answer.json()).unread);
    } catch { /* without a connection the number stays */ }
  }

  show(unread) {
    if (!unread) return this.replaceChildren();
    const count = document.createElement("span"), words = document.createElement("span");
    count.className = "count";
    words.className = "vh";
    words.textContent = ` ${this.dataset.words}`;
    count.append(unread > 99 ? "99+" : String(unread), words);
    this.replaceChildren(count);
  }
}
customElements.define("notice-bell", NoticeBell);
