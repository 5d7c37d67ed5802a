// <chat-files data-most data-bytes ...words>: the files of a message. They may be chosen, dropped on the room or pasted, each can
// be taken out again, and sound can be recorded. All of them stand in the one file field of the form, so that sending is as before.
import { Recorder } from "./chat-recorder.js";

const MEGABYTE = 1024 * 1024;

class ChatFiles extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input[type=file]");
    this.form = this.closest("form");
    if (!this.field || !this.form || this.files) return;
    this.files = [];
    this.shown = new Map();
    this.find = (name) => this.querySelector(`[data-${name}]`);
    this.find("plain").hidden = true;
    this.find("tools").hidden = false;
    this.find("attach").addEventListener("click", () => this.field.click());
    this.field.addEventListener("change", () => { if (this.field.files.length) this.add([...this.field.files]); });
    this.find("cancel").addEventListener("click", () => this.form.dispatchEvent(new Event("chat:cancel")));
    this.form.addEventListener("chat:sent", () => this.put([]));
    this.form.addEventListener("chat:progress", (e) => this.showProgress(e.detail));
    this.form.addEventListener("paste", (e) => this.paste(e));
    this.form.addEventListener("submit", (e) => this.recorder.holdBack(e), { capture: true });
    this.listenForDrops(this.closest("chat-room") || this.form);
    this.recorder = new Recorder(this, (file) => this.add([file]));
  }

  disconnectedCallback() {
    this.recorder?.drop();
    for (const address of this.shown?.values() || []) URL.revokeObjectURL(address);
  }

  listenForDrops(place) {
    const holdsFiles = (e) => [...(e.dataTransfer?.types || [])].includes("Files");
    place.addEventListener("dragover", (e) => { if (holdsFiles(e)) { e.preventDefault(); place.classList.add("is-over"); } });
    place.addEventListener("dragleave", (e) => { if (!place.contains(e.relatedTarget)) place.classList.remove("is-over"); });
    place.addEventListener("drop", (e) => {
      if (!holdsFiles(e)) return;
      e.preventDefault();
      place.classList.remove("is-over");
      this.add([...e.dataTransfer.files]);
    });
  }

  paste(e) {
    const files = [...(e.clipboardData?.files || [])];
    if (!files.length || e.clipboardData.getData("text/plain")) return;
    e.preventDefault();
    this.add(files);
  }

  // Adds what may be added, and says why the rest may not.
  add(files) {
    const fresh = files.filter((file) => !this.files.some((one) => one.name === file.name && one.size === file.size && one.lastModified === file.lastModified));
    const large = fresh.find((file) => file.size > Number(this.dataset.bytes));
    const fitting = fresh.filter((file) => file.size <= Number(this.dataset.bytes));
    const room = Number(this.dataset.most) - this.files.length;
    this.put([...this.files, ...fitting.slice(0, room)]);
    this.say(large ? this.dataset.tooLarge.replace("{name}", large.name) : fitting.length > room ? this.dataset.tooMany : "");
  }

  put(files) {
    this.files = files;
    const list = new DataTransfer();
    for (const file of files) list.items.add(file);
    this.field.files = list.files;
    if (!files.length) this.say("");
    this.draw();
    if (matchMedia("(pointer: fine)").matches) this.form.elements.body?.focus({ preventScroll: true });
  }

  say(words) {
    const line = this.find("trouble");
    line.textContent = words;
    line.hidden = !words;
  }

  draw() {
    for (const [file, address] of this.shown) if (!this.files.includes(file)) { URL.revokeObjectURL(address); this.shown.delete(file); }
    const list = this.find("chosen");
    list.hidden = !this.files.length;
    list.replaceChildren(...this.files.map((file) => this.row(file)));
  }

  row(file) {
    const row = document.createElement("li"), name = document.createElement("span"), remove = document.createElement("button");
    const isVoice = file.name.startsWith("voice-note.");
    const words = isVoice ? this.dataset.voice : file.name;
    name.className = "chat-chosen-name";
    name.textContent = isVoice ? words : `${words} (${(Math.max(file.size, MEGABYTE / 20) / MEGABYTE).toFixed(1)} MB)`;
    remove.type = "button";
    remove.className = "btn btn-icon";
    remove.ariaLabel = this.dataset.remove.replace("{name}", words);
    remove.append(this.find("cancel").querySelector("svg").cloneNode(true));
    remove.addEventListener("click", () => this.put(this.files.filter((one) => one !== file)));
    row.append(...this.preview(file), name, remove);
    return row;
  }

  preview(file) {
    const isImage = file.type.startsWith("image/"), isSound = file.type.startsWith("audio/");
    if (!isImage && !isSound) return [];
    if (!this.shown.has(file)) this.shown.set(file, URL.createObjectURL(file));
    const shown = Object.assign(document.createElement(isImage ? "img" : "audio"), { src: this.shown.get(file) });
    if (isImage) shown.alt = "";
    else { shown.controls = true; shown.ariaLabel = file.name; }
    return [shown];
  }

  // `how`: {loaded, total} while files go, null when they went.
  showProgress(how) {
    const box = this.find("progress");
    box.hidden = !how;
    if (!how) return;
    const percent = Math.round((100 * how.loaded) / (how.total || 1));
    box.querySelector("progress").value = percent;
    this.find("percent").textContent = `${percent}%`;
  }
}
customElements.define("chat-files", ChatFiles);
