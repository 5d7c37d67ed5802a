// <test-clock data-now data-ends data-url data-left data-ten data-one>: counts down by the server's clock and asks it every
// 30 s, since a trainer may give more time. It speaks at 10 and at 1 minute left only; at the end it tells the page.
const ASK_MS = 30000, TICK_MS = 500, SPOKEN = [[600000, "ten"], [60000, "one"]];

class TestClock extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector(".test-left");
    this.live = this.querySelector("[role=status]");
    this.set(Number(this.dataset.now), Number(this.dataset.ends));
    this.before = this.left();
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.asking = setInterval(() => this.ask(), ASK_MS);
    this.tick();
  }

  disconnectedCallback() { clearInterval(this.ticking); clearInterval(this.asking); }

  set(now, ends) {
    this.ahead = now - Date.now();
    this.ends = ends;
  }

  left() { return this.ends - Date.now() - this.ahead; }

  tick() {
    const left = this.left(), seconds = Math.max(0, Math.ceil(left / 1000)), hours = Math.floor(seconds / 3600);
    const pair = (n) => String(n).padStart(2, "0"), minutes = Math.floor(seconds / 60) % 60;
    const time = (hours ? `${hours}:${pair(minutes)}` : minutes) + `:${pair(seconds % 60)}`;
    this.text.textContent = this.dataset.left.replace("{time}", time);
    this.classList.toggle("is-short", left <= 60000);
    for (const [at, name] of SPOKEN) if (this.before > at && left <= at && left > 0) this.live.textContent = this.dataset[name];
    if (left <= 0 && !this.isOver) this.dispatchEvent(new CustomEvent("timeup", { bubbles: true }));
    this.isOver = left <= 0;
    this.before = left;
  }

  async ask() {
    const answer = await fetch(this.dataset.url, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const { now, ends, open } = await answer.json();
    if (open) this.set(now, ends); else location.reload();
  }
}
customElements.define("test-clock", TestClock);
