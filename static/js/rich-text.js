// <rich-text data-source>: a text block looks as participants read it until it gets the focus; then its Markdown is edited.
// The reading view ([data-reading]) is drawn by the server, anew after each save.

class RichText extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("textarea");
    this.reading = this.querySelector("[data-reading]");
    if (!this.field || !this.reading) return;
    this.gone = new AbortController();
    const on = { signal: this.gone.signal };
    this.classList.add("is-live");
    this.reading.addEventListener("click", (e) => { if (!e.target.closest("a")) this.edit(); }, on);
    this.field.addEventListener("focus", () => this.edit(), on);
    this.field.addEventListener("input", () => { this.dirty = true; }, on);
    this.field.addEventListener("blur", () => this.leave(), on);
    this.closest("auto-save")?.addEventListener("saved", () => this.draw(), on);
    this.leave();
  }

  disconnectedCallback() { this.gone?.abort(); }

  edit() {
    this.classList.add("is-editing");
    this.field.focus();
  }

  // What is not saved yet stays in sight as it was typed.
  leave() {
    if (!this.dirty && this.field.value.trim() && document.activeElement !== this.field) this.classList.remove("is-editing");
    else this.classList.add("is-editing");
  }

  async draw() {
    const answer = await fetch(this.dataset.source, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.reading.replaceChildren(...page.body.childNodes);
    this.dirty = false;
    this.leave();
  }
}
customElements.define("rich-text", RichText);
