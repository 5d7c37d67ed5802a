// <sort-list data-failed data-place data-group>: reorder [data-item] by pointer, by [data-move] button or by Alt+Arrow; says
// what happened and posts the new order (data-id, comma separated). When that fails the old order comes back. Lists of one
// group give items to one another: by pointer anywhere, by button and key past an end. [data-rows] holds the items.
import { beforeSubmit } from "./before-submit.js";
import { postForm } from "./post.js";

const EDGE_TOP = 90, EDGE_BOTTOM = 60, SCROLL = 14, NEAR = 8;

// One line for all lists of the page: what was moved later is stored later, also when another list stores it.
let busy = 0, line = Promise.resolve();

class SortList extends HTMLElement {
  connectedCallback() {
    this.live = this.querySelector(":scope > [role=status]");
    this.form = this.querySelector(":scope > form");
    this.saved = this.items();
    this.addEventListener("click", (e) => this.press(e));
    this.addEventListener("keydown", (e) => this.key(e));
    this.addEventListener("pointerdown", (e) => this.grab(e));
    this.free = beforeSubmit(() => busy && line);
  }

  disconnectedCallback() { this.free(); }

  items() { return [...this.querySelectorAll("[data-item]")].filter((i) => i.closest("sort-list") === this); }

  rows() { return this.querySelector("[data-rows]"); }

  // This list and those that it shares items with, as they stand on the page.
  group() { return this.dataset.group ? [...document.querySelectorAll(`sort-list[data-group="${this.dataset.group}"]`)] : [this]; }

  press(e) {
    const button = e.target.closest("[data-move]");
    if (!button || button.closest("sort-list") !== this) return;
    e.preventDefault();
    this.step(button.closest("[data-item]"), button.dataset.move === "up" ? -1 : 1);
    button.focus();
  }

  key(e) {
    if (!e.altKey || !["ArrowUp", "ArrowDown"].includes(e.key)) return;
    const item = e.target.closest("[data-item]");
    if (!item || item.closest("sort-list") !== this) return;
    e.preventDefault();
    this.step(item, e.key === "ArrowUp" ? -1 : 1);
    e.target.focus();
  }

  step(item, by) {
    const list = this.items(), to = list.indexOf(item) + by;
    if (to < 0 || to >= list.length) return this.cross(item, by);
    if (by < 0) list[to].before(item); else list[to].after(item);
    this.moved(item);
  }

  // Past the end of its list an item goes into the next one, at the side it comes from.
  cross(item, by) {
    const lists = this.group(), next = lists[lists.indexOf(this) + by];
    if (!next) return;
    if (by < 0) next.rows().append(item); else next.rows().prepend(item);
    next.took(item, this);
  }

  // The list that has the item now stores its order; the other one has lost it by that.
  took(item, from) {
    this.moved(item, from === this ? null : { from, before: from.saved });
    from.saved = from.items();
  }

  // The list stays still while dragging; a line shows where the item will land.
  grab(e) {
    const grip = e.target.closest(".grip");
    if (!grip || e.button || grip.closest("sort-list") !== this) return;
    const item = grip.closest("[data-item]");
    let target = null, before = false;
    grip.setPointerCapture(e.pointerId);
    const clear = () => { if (target) delete target.dataset.drop; };
    const move = (ev) => {
      item.classList.add("is-dragging");
      if (ev.clientY < EDGE_TOP) scrollBy(0, -SCROLL);
      if (ev.clientY > innerHeight - EDGE_BOTTOM) scrollBy(0, SCROLL);
      clear();
      target = this.under(item, ev.clientY);
      if (!target) return;
      if (target.matches("[data-rows]")) { target.dataset.drop = "inside"; return; }
      const box = target.getBoundingClientRect();
      before = ev.clientY < box.top + box.height / 2;
      target.dataset.drop = before ? "before" : "after";
    };
    const end = (ev) => {
      grip.removeEventListener("pointermove", move);
      grip.removeEventListener("pointerup", end);
      grip.removeEventListener("pointercancel", end);
      item.classList.remove("is-dragging");
      clear();
      if (ev.type !== "pointerup" || !target) return;
      const list = target.closest("sort-list");
      if (target.matches("[data-rows]")) target.append(item); else if (before) target.before(item); else target.after(item);
      grip.focus();
      list.took(item, this);
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", end);
    grip.addEventListener("pointercancel", end);
  }

  // The item under the pointer, of this list or of one that it shares items with; an empty list stands for itself.
  under(item, y) {
    const places = this.group().flatMap((l) => { const found = l.items(); return found.length || l === this || !l.rows() ? found : [l.rows()]; });
    return places.find((o) => o !== item && this.isOver(o, y)) || null;
  }

  isOver(item, y) {
    const box = item.getBoundingClientRect();
    return y >= box.top - NEAR && y <= box.bottom + NEAR;
  }

  moved(item, lent) {
    const list = this.items();
    const named = { what: item.dataset.item, place: list.indexOf(item) + 1, total: list.length };
    this.live.textContent = this.dataset.place.replace(/\{(\w+)\}/g, (all, name) => named[name] ?? all);
    this.dispatchEvent(new CustomEvent("sorted", { bubbles: true, detail: list.map((i) => i.dataset.id) }));
    busy++;
    line = line.then(() => this.save(list, lent)).finally(() => busy--);
  }

  async save(list, lent) {
    if (!this.form) return;
    this.form.elements.order.value = list.map((i) => i.dataset.id).join(",");
    const answer = await postForm(this.form).catch(() => null);
    if (answer?.ok) { this.saved = list; return; }
    if (lent) { lent.from.saved = lent.before; lent.before.forEach((i) => lent.from.rows().append(i)); }
    this.saved.forEach((i) => i.parentElement.append(i));
    this.live.textContent = this.dataset.failed;
    this.dispatchEvent(new CustomEvent("notice", { bubbles: true, detail: this.dataset.failed }));
  }
}
customElements.define("sort-list", SortList);
