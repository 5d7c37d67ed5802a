// <block-picker>: search and arrow keys over the "Add block" menu it wraps. "/" in an empty text field opens it, and the new
// block comes below that field's block. The cursor goes into what was added. Without JavaScript the menu is a plain list of buttons.
class BlockPicker extends HTMLElement {
  connectedCallback() {
    this.menu = this.querySelector("[popover]");
    this.input = this.querySelector("[role=combobox]");
    this.after = this.querySelector("[name=after]");
    this.options = [...this.menu.querySelectorAll("li > *")];
    this.options.forEach((o, n) => Object.assign(o, { id: `kind-${n}`, tabIndex: -1, role: "option" }));
    this.lists = [...this.menu.querySelectorAll("ul")];
    for (const list of this.lists) {
      const title = list.previousElementSibling;
      title.ariaHidden = true;
      Object.assign(list, { role: "group", ariaLabel: title.textContent });
    }
    for (const item of this.menu.querySelectorAll("li")) item.role = "none";
    this.querySelector("[data-list]").role = "listbox";
    this.input.parentElement.hidden = false;
    this.input.addEventListener("input", () => this.filter());
    this.input.addEventListener("keydown", (e) => this.press(e));
    this.menu.addEventListener("toggle", (e) => this.toggled(e.newState === "open"));
    document.addEventListener("keydown", (e) => this.isConnected && this.slash(e));
    this.enter(document.querySelector(".block.is-selected:target .block-body"));
  }

  // Who has just added a block, or a row of one, goes on in its first empty field.
  enter(body) {
    const fields = body?.querySelectorAll("textarea, select, input:not([type=hidden], [type=radio], [type=checkbox])") ?? [];
    [...fields].find((f) => !f.value && f.checkVisibility())?.focus({ preventScroll: true });
  }

  slash(e) {
    const rich = e.target.closest?.("rich-text"), field = rich?.field ?? e.target;
    if (e.key !== "/" || e.target.closest?.(".rich-tools") || field.name !== "markdown" || field.value) return;
    e.preventDefault();
    this.from = rich ?? field;
    this.after.value = field.closest("[data-id]")?.dataset.id || "";
    this.menu.showPopover();
  }

  toggled(isOpen) {
    if (!isOpen) {
      if (this.from?.edit) this.from.edit();
      else this.from?.focus();
      this.from = null;
      this.after.value = "";
      return;
    }
    this.input.value = "";
    this.filter();
    this.input.focus();
  }

  filter() {
    const word = this.input.value.trim().toLowerCase();
    for (const o of this.options) o.parentElement.hidden = !o.textContent.toLowerCase().includes(word);
    for (const list of this.lists) list.hidden = list.previousElementSibling.hidden = !list.querySelector("li:not([hidden])");
    this.shown = this.options.filter((o) => !o.parentElement.hidden);
    this.querySelector("[data-none]").hidden = this.shown.length > 0;
    this.mark(0);
  }

  mark(place) {
    this.at = (place + this.shown.length) % (this.shown.length || 1);
    const here = this.shown[this.at];
    for (const o of this.options) o.ariaSelected = o === here;
    this.input.setAttribute("aria-activedescendant", here?.id || "");
    here?.scrollIntoView({ block: "nearest" });
  }

  press(e) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) this.mark(this.at + step);
    else if (e.key === "Enter") this.shown[this.at]?.click();
    else return;
    e.preventDefault();
  }
}
customElements.define("block-picker", BlockPicker);
