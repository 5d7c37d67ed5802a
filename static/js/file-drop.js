// <file-drop data-chosen>: a file may also be dropped on the field; the note says what was chosen.

class FileDrop extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input[type=file]");
    this.note = this.querySelector(".file-drop-note");
    if (!this.field) return;
    this.addEventListener("dragover", (e) => { e.preventDefault(); this.classList.add("is-over"); });
    this.addEventListener("dragleave", () => this.classList.remove("is-over"));
    this.addEventListener("drop", (e) => this.take(e));
    this.field.addEventListener("change", () => this.tell());
  }

  take(e) {
    e.preventDefault();
    this.classList.remove("is-over");
    const files = [...e.dataTransfer.files].slice(0, this.field.multiple ? undefined : 1);
    if (!files.length) return;
    const list = new DataTransfer();
    files.forEach((f) => list.items.add(f));
    this.field.files = list.files;
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  tell() {
    const names = [...this.field.files].map((f) => f.name).join(", ");
    if (this.note && names) this.note.textContent = this.dataset.chosen.replace("{names}", names);
  }
}
customElements.define("file-drop", FileDrop);
