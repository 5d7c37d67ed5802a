// <reading-place>: saves which [data-block] of the page is being read, once the person has stayed with it for a moment.
// Its form (hidden) carries the address, the CSRF field and `block`.
import { postForm } from "./post.js";

const STAY_MS = 1500, LINE = 0.5;

class ReadingPlace extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.gone = new AbortController();
    const on = { signal: this.gone.signal, passive: true };
    for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(name, () => { this.moved = true; }, on);
    addEventListener("scroll", () => this.later(), on);
  }

  disconnectedCallback() {
    this.gone?.abort();
    clearTimeout(this.timer);
  }

  later() {
    clearTimeout(this.timer);
    if (this.moved) this.timer = setTimeout(() => this.save(), STAY_MS);
  }

  // The last block whose top has passed the middle of the window.
  block() {
    const passed = [...document.querySelectorAll("[data-block]")].filter((b) => b.getBoundingClientRect().top < innerHeight * LINE);
    return passed.at(-1)?.dataset.block;
  }

  async save() {
    const block = this.block();
    if (!block || block === this.saved) return;
    this.saved = block;
    this.form.elements.block.value = block;
    const answer = await postForm(this.form).catch(() => null);
    if (!answer?.ok && this.saved === block) this.saved = null;
  }
}
customElements.define("reading-place", ReadingPlace);
