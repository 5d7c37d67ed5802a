// <colour-preview data-source="/theme/{colour}.json">: redraws the previews while a colour is typed or picked.

const HEX = /^#?([0-9a-f]{6})$/i, WAIT_MS = 150;

class ColourPreview extends HTMLElement {
  connectedCallback() {
    this.hex = this.querySelector("input.colour-hex");
    this.well = this.querySelector("input.colour-well");
    if (!this.hex) return;
    if (this.well) {
      this.well.hidden = false;
      this.well.addEventListener("input", () => { this.hex.value = this.well.value; this.later(); });
    }
    this.hex.addEventListener("input", () => this.later());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), WAIT_MS);
  }

  async draw() {
    const match = HEX.exec(this.hex.value.trim());
    if (!match) return;
    const colour = match[1].toLowerCase();
    if (this.well) this.well.value = `#${colour}`;
    this.request?.abort();
    this.request = new AbortController();
    const answer = await fetch(this.dataset.source.replace("{colour}", colour), { signal: this.request.signal }).catch(() => null);
    if (!answer?.ok) return;
    const found = await answer.json();
    for (const panel of this.querySelectorAll("[data-mode]"))
      for (const shape of panel.querySelectorAll("[data-fill]")) shape.setAttribute("fill", found[panel.dataset.mode][shape.dataset.fill]);
    this.querySelector(".colour-advice").textContent = found.advice;
  }
}
customElements.define("colour-preview", ColourPreview);
