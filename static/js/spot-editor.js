// <spot-editor>: dragging on the image draws the spot that is being edited; its fields carry place and size in percent, and
// typing there moves the drawing.
const LEAST = 1;

class SpotEditor extends HTMLElement {
  connectedCallback() {
    this.image = this.querySelector("svg");
    if (!this.image) return;
    this.image.classList.add("is-drawn");
    this.addEventListener("focusin", (e) => this.choose(e.target.closest("[data-spot]")?.dataset.spot));
    this.addEventListener("input", () => this.draw());
    this.image.addEventListener("pointerdown", (e) => this.grab(e));
    this.choose(this.spots()[0]?.dataset.spot);
  }

  spots() { return [...this.querySelectorAll("[data-spot]")]; }

  choose(key) {
    if (!key) return;
    this.spot = this.spots().find((one) => one.dataset.spot === key);
    for (const area of this.image.querySelectorAll("[data-area]")) area.classList.toggle("is-chosen", area.dataset.area === key);
  }

  grab(e) {
    const there = e.target.closest("[data-area]");
    if (e.button) return;
    if (there && there.dataset.area !== this.spot?.dataset.spot) return this.choose(there.dataset.area);
    if (!this.spot) return;
    e.preventDefault();
    const from = this.at(e);
    this.image.setPointerCapture(e.pointerId);
    const move = (ev) => this.put(from, this.at(ev));
    const end = () => {
      this.image.removeEventListener("pointermove", move);
      this.image.removeEventListener("pointerup", end);
      this.image.removeEventListener("pointercancel", end);
      this.field("x").dispatchEvent(new Event("input", { bubbles: true }));
    };
    this.image.addEventListener("pointermove", move);
    this.image.addEventListener("pointerup", end);
    this.image.addEventListener("pointercancel", end);
  }

  at(e) {
    const box = this.image.getBoundingClientRect();
    const percent = (n, size) => Math.min(100, Math.max(0, (n / size) * 100));
    return { x: percent(e.clientX - box.left, box.width), y: percent(e.clientY - box.top, box.height) };
  }

  put(a, b) {
    const w = Math.abs(a.x - b.x), h = Math.abs(a.y - b.y);
    if (w < LEAST || h < LEAST) return;
    const values = { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), w, h };
    for (const [side, value] of Object.entries(values)) this.field(side).value = value.toFixed(1);
    this.draw();
  }

  field(side, spot = this.spot) { return spot.querySelector(`[name="${side}-${CSS.escape(spot.dataset.spot)}"]`); }

  draw() {
    const { width, height } = this.image.viewBox.baseVal;
    for (const spot of this.spots()) {
      const area = this.image.querySelector(`[data-area="${CSS.escape(spot.dataset.spot)}"]`);
      if (!area) continue;
      const [x, y, w, h] = ["x", "y", "w", "h"].map((side) => parseFloat(this.field(side, spot).value.replace(",", ".")) || 0);
      const set = (node, values) => { for (const [name, value] of Object.entries(values)) node.setAttribute(name, value); };
      set(area.querySelector("rect"), { x: x * width / 100, y: y * height / 100, width: w * width / 100, height: h * height / 100 });
      const middle = { x: (x + w / 2) * width / 100, y: (y + h / 2) * height / 100 };
      set(area.querySelector("circle"), { cx: middle.x, cy: middle.y });
      set(area.querySelector("text"), middle);
    }
  }
}
customElements.define("spot-editor", SpotEditor);
