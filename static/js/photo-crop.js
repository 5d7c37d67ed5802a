// <photo-crop>: after a photo was chosen, shows it with a circle; drag it or use the sliders to choose the square.
// The form sends the middle of the square and its side as parts of the photo; without this script the middle is taken.

const DIM = "rgb(0 0 0 / 0.55)";
const between = (value, least, most) => Math.min(Math.max(value, least), most);

class PhotoCrop extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("[data-crop]");
    this.canvas = this.querySelector("canvas");
    this.field = this.querySelector("input[type=file]");
    if (!this.box || !this.canvas || !this.field) return;
    this.zoom = this.querySelector("[data-zoom]");
    this.sliders = { across: this.querySelector("[data-across]"), down: this.querySelector("[data-down]") };
    this.field.addEventListener("change", () => this.open());
    this.zoom.addEventListener("input", () => this.draw());
    for (const slider of Object.values(this.sliders)) slider.addEventListener("input", () => this.draw());
    this.canvas.addEventListener("pointerdown", (e) => this.grab(e));
    this.canvas.addEventListener("pointermove", (e) => this.drag(e));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => { this.held = null; });
  }

  disconnectedCallback() {
    this.forget();
  }

  async open() {
    this.forget();
    const file = this.field.files[0];
    if (!file) return;
    this.address = URL.createObjectURL(file);
    const image = new Image();
    image.src = this.address;
    try {
      await image.decode();
    } catch {
      return; // the server says what is wrong with it
    }
    if (file !== this.field.files[0]) return;
    this.image = image;
    this.zoom.value = 1;
    for (const slider of Object.values(this.sliders)) slider.value = 0.5;
    this.box.hidden = false;
    this.draw();
  }

  forget() {
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = this.image = this.held = null;
    this.box.hidden = true;
    for (const name of ["across", "down", "side"]) this.querySelector(`input[name=${name}]`).value = "";
  }

  // The chosen square in pixels of the photo.
  square() {
    const { naturalWidth: width, naturalHeight: height } = this.image;
    const side = Math.min(width, height) / Number(this.zoom.value);
    return { side, width, height, left: (width - side) * this.sliders.across.value, top: (height - side) * this.sliders.down.value };
  }

  draw() {
    if (!this.image) return;
    const { side, width, height, left, top } = this.square();
    const size = this.canvas.width, paper = this.canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, size, size);
    paper.drawImage(this.image, left, top, side, side, 0, 0, size, size);
    paper.fillStyle = DIM;
    paper.beginPath();
    paper.rect(0, 0, size, size);
    paper.arc(size / 2, size / 2, size / 2, 0, 2 * Math.PI, true);
    paper.fill();
    this.sliders.across.disabled = width - side < 1;
    this.sliders.down.disabled = height - side < 1;
    this.tell({ across: (left + side / 2) / width, down: (top + side / 2) / height, side: side / Math.min(width, height) });
  }

  tell(part) {
    for (const [name, value] of Object.entries(part)) this.querySelector(`input[name=${name}]`).value = value.toFixed(5);
  }

  grab(e) {
    if (!this.image) return;
    this.canvas.setPointerCapture(e.pointerId);
    const { left, top } = this.square();
    this.held = { x: e.clientX, y: e.clientY, left, top };
  }

  drag(e) {
    if (!this.held) return;
    const { side, width, height } = this.square();
    const scale = side / this.canvas.getBoundingClientRect().width;
    this.slide("across", this.held.left - (e.clientX - this.held.x) * scale, width - side);
    this.slide("down", this.held.top - (e.clientY - this.held.y) * scale, height - side);
    this.draw();
  }

  slide(name, at, room) {
    if (room >= 1) this.sliders[name].value = between(at / room, 0, 1);
  }
}
customElements.define("photo-crop", PhotoCrop);
