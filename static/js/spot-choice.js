// <spot-choice>: a click on an area of the image chooses the answer of the same number in the list below it, which is what
// counts and what the keyboard uses.
class SpotChoice extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (e) => this.press(e));
    this.addEventListener("change", () => this.show());
    this.show();
  }

  press(e) {
    const area = e.target.closest("[data-area]");
    const radio = area && this.querySelector(`input[value="${CSS.escape(area.dataset.area)}"]`);
    if (!radio || radio.disabled || radio.checked) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    radio.focus({ preventScroll: true });
  }

  show() {
    const chosen = this.querySelector("input:checked")?.value;
    for (const area of this.querySelectorAll("[data-area]")) area.classList.toggle("is-chosen", area.dataset.area === chosen);
  }
}
customElements.define("spot-choice", SpotChoice);
