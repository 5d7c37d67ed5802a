// <review-desk>: J and K open the next and the previous hand-in, Ctrl+Enter approves, Ctrl+Shift+Enter asks to try again,
// and a phrase goes where the cursor stands. Everything is a link or a button that works without it.

class ReviewDesk extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const on = { signal: this.gone.signal };
    addEventListener("keydown", (e) => this.key(e), on);
    this.addEventListener("click", (e) => this.insert(e), on);
  }

  disconnectedCallback() { this.gone.abort(); }

  key(e) {
    if (e.isComposing || e.altKey) return;
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) return this.send(e);
    if (e.ctrlKey || e.metaKey || e.target.closest?.("input:not([type=radio]), textarea, select, [contenteditable], dialog")) return;
    const link = this.querySelector(`a[data-key="${CSS.escape(e.key.toLowerCase())}"]`);
    if (!link) return;
    e.preventDefault();
    link.click();
  }

  send(e) {
    if (e.target.closest?.("form:not([data-feedback])")) return;
    const button = this.querySelector(`form[data-feedback] button[value=${e.shiftKey ? "again" : "approved"}]`);
    if (!button) return;
    e.preventDefault();
    button.form.requestSubmit(button);
  }

  insert(e) {
    const button = e.target.closest("button[data-insert]");
    const field = button?.form.elements.text;
    if (!field) return;
    e.preventDefault();
    const before = field.value.slice(0, field.selectionStart), space = before && !/\s$/.test(before) ? "\n\n" : "";
    field.setRangeText(space + button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
customElements.define("review-desk", ReviewDesk);
