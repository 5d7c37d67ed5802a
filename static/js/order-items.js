// <order-items data-up data-down data-place>: puts the rows of an order in place by buttons or Alt+Arrow; the numbers of
// the selects, which carry the answer without this script too, follow.
class OrderItems extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
    this.live = this.querySelector("[role=status]");
    if (!this.list) return;
    this.classList.add("is-live");
    for (const row of this.rows()) this.equip(row);
    this.addEventListener("keydown", (e) => this.key(e));
    this.ends();
  }

  rows() { return [...this.list.children]; }

  equip(row) {
    if (row.querySelector(".order-tools")) return;
    const tools = document.createElement("span");
    tools.className = "order-tools";
    for (const [by, sign, words] of [[-1, "\u2191", this.dataset.up], [1, "\u2193", this.dataset.down]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-icon";
      button.dataset.by = by;
      button.textContent = sign;
      button.setAttribute("aria-label", words.replace("{what}", row.dataset.item));
      button.addEventListener("click", () => this.step(row, by, button));
      tools.append(button);
    }
    row.append(tools);
  }

  key(e) {
    const row = e.target.closest("li");
    if (!row || !e.altKey || !["ArrowUp", "ArrowDown"].includes(e.key)) return;
    e.preventDefault();
    this.step(row, e.key === "ArrowUp" ? -1 : 1, e.target);
  }

  step(row, by, focus) {
    const rows = this.rows(), to = rows.indexOf(row) + by;
    if (to < 0 || to >= rows.length) return;
    if (by < 0) rows[to].before(row); else rows[to].after(row);
    this.number();
    this.ends();
    if (focus.disabled) row.querySelector(".order-tools button:not(:disabled)")?.focus(); else focus.focus();
    const named = { what: row.dataset.item, place: to + 1, total: rows.length };
    this.live.textContent = this.dataset.place.replace(/\{(\w+)\}/g, (_, name) => named[name]);
  }

  number() {
    const rows = this.rows();
    rows.forEach((row, n) => { row.querySelector("select").value = String(n + 1); });
    rows[0]?.querySelector("select").dispatchEvent(new Event("change", { bubbles: true }));
  }

  ends() {
    const rows = this.rows();
    rows.forEach((row, n) => {
      row.querySelector("[data-by='-1']").disabled = n === 0;
      row.querySelector("[data-by='1']").disabled = n === rows.length - 1;
    });
  }
}
customElements.define("order-items", OrderItems);
