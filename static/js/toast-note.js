// <toast-note>: a confirmation that leaves after 8 s; it stays while the pointer or the focus is on it.

const STAY_MS = 8000;

class ToastNote extends HTMLElement {
  connectedCallback() {
    this.classList.add("toast");
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => clearTimeout(this.timer));
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.wait());
    this.addEventListener("keydown", (e) => e.key === "Escape" && this.remove());
    this.wait();
  }

  disconnectedCallback() { clearTimeout(this.timer); }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.remove(), STAY_MS);
  }
}
customElements.define("toast-note", ToastNote);
