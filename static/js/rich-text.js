// <rich-text>: a text with marks. It looks as participants read it; on focus it is edited in place, with a toolbar. The
// textarea below always holds the Markdown, is what is saved, and shows where the editor cannot be fetched or is not wanted.
const LIKES_MARKDOWN = "kweek:markdown";

// What moves while a button of the mouse is down is not clicked: the toolbar goes when it is up again.
let isDown = false;
addEventListener("pointerdown", () => { isDown = true; }, true);
addEventListener("pointerup", () => { isDown = false; }, true);

function likesMarkdown() {
  try { return localStorage.getItem(LIKES_MARKDOWN) === "1"; } catch { return false; }
}

class RichText extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("textarea");
    this.reading = this.querySelector("[data-reading]");
    if (!this.field || !this.reading) return;
    this.gone = new AbortController();
    const on = { signal: this.gone.signal };
    this.classList.add("is-live");
    this.drawnOf = this.field.defaultValue;
    this.reading.addEventListener("click", (e) => { if (!e.target.closest("a")) this.edit(); }, on);
    this.field.addEventListener("focus", () => this.edit(), on);
    this.field.addEventListener("input", () => { this.dirty = true; }, on);
    this.field.addEventListener("restored", () => { this.close(); this.dirty = true; this.leave(); }, on);
    this.addEventListener("focusout", (e) => this.contains(e.relatedTarget) || this.leaveSoon(), on);
    this.closest("auto-save")?.addEventListener("saved", () => this.saved(), on);
    for (const label of this.field.labels) label.addEventListener("click", () => this.rich?.focus(), on);
    if (document.activeElement === this.field) this.edit();
    else this.leave();
  }

  disconnectedCallback() {
    this.gone?.abort();
    this.close();
  }

  edit() {
    this.classList.add("is-editing");
    if (this.rich) return this.rich.focus();
    if (document.activeElement !== this.field) this.field.focus();
    if (!likesMarkdown()) this.open();
  }

  leaveSoon() {
    if (!isDown) return this.leave();
    addEventListener("pointerup", () => setTimeout(() => this.contains(document.activeElement) || this.leave()), { once: true });
  }

  // What is not saved yet stays in sight as it was typed.
  leave() {
    const shown = !this.rich && (this.dirty || !this.field.value.trim() || document.activeElement === this.field);
    this.classList.toggle("is-editing", shown);
  }

  // The editor takes the place of the textarea, with what stands there when it has been fetched.
  async open() {
    if (this.opening) return;
    this.opening = true;
    const { richEditor } = (await import("./rich-editor.js").catch(() => null)) || {};
    const text = this.field.value;
    const ready = richEditor && this.isConnected && (await this.drawn());
    this.opening = false;
    if (!ready || !this.isConnected || likesMarkdown()) return;
    if (this.field.value !== text) return this.open();
    const hasFocus = this.contains(document.activeElement);
    this.rich = richEditor(this);
    this.classList.add("is-rich");
    if (hasFocus) this.rich.focus(); else this.leave();
  }

  close() {
    this.rich?.close();
    this.rich = null;
    this.classList.remove("is-rich");
  }

  prefer(markdown) {
    try { localStorage.setItem(LIKES_MARKDOWN, markdown ? "1" : "0"); } catch { /* for this page only */ }
    if (markdown) this.close();
    this.edit();
  }

  saved() {
    this.dirty = false;
    if (!this.rich) this.drawn().then(() => this.leave());
  }

  // Draws the reading view anew where the text is another one now: the server reads the Markdown. Returns whether it stands.
  async drawn() {
    const text = this.field.value;
    if (text === this.drawnOf) return true;
    const body = new FormData();
    body.set("markdown", text);
    body.set("csrf_token", this.field.form?.elements.csrf_token?.value ?? "");
    const answer = await fetch(this.dataset.drawn, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return false;
    this.reading.innerHTML = await answer.text();
    this.drawnOf = text;
    return true;
  }
}
customElements.define("rich-text", RichText);
