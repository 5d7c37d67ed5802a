// What a person does with a message, without leaving the page: answer it, change it, take it away, put a sign under it. Links
// and buttons are those of the page, which work without this too.

export class Acts {
  constructor(room) {
    Object.assign(this, { room, form: room.form, editing: null });
    this.answering = this.form?.querySelector("[data-answering]");
    // A page that was opened to change a message goes on with that.
    this.editing = this.form?.getAttribute("action").match(/([0-9a-f-]{36})\/edit$/)?.[1] || null;
    this.form?.setAttribute("action", room.path);
  }

  connect(on) {
    this.room.list.place.addEventListener("click", (e) => this.press(e), on);
    if (!this.form) return;
    this.form.querySelector("[data-answering-cancel]")?.addEventListener("click", (e) => { e.preventDefault(); this.leave(); }, on);
    this.form.addEventListener("keydown", (e) => this.key(e), on);
  }

  press(e) {
    const link = e.target.closest("a[data-reply], a[data-edit]"), button = e.target.closest("button[form=chat-act]");
    if ((!link && !button) || (link && !this.form)) return;
    e.preventDefault();
    const message = e.target.closest("[data-message]");
    message.querySelector("details[open]")?.removeAttribute("open");
    if (button) this.act(button, message); else if (link.matches("[data-reply]")) this.reply(message); else this.edit(message, link.href);
  }

  key(e) {
    if (e.key === "Escape" && (this.editing || this.form.elements.reply_to.value)) { e.preventDefault(); this.leave(); }
    if (e.key !== "ArrowUp" || e.target.value || e.target !== this.form.elements.body || this.editing) return;
    const mine = this.room.list.messages().findLast((one) => one.classList.contains("own") && one.querySelector("a[data-edit]"));
    if (mine) { e.preventDefault(); this.edit(mine, mine.querySelector("a[data-edit]").href); }
  }

  reply(message) {
    this.leave();
    this.form.elements.reply_to.value = message.dataset.message;
    this.name(this.room.dataset.answers, message);
  }

  async edit(message, url) {
    const page = await this.page(url), words = page?.querySelector("form[data-send] textarea")?.value;
    if (words === undefined) { this.room.say(this.room.dataset.failed); return; }
    this.leave();
    this.before = this.form.elements.body.value;
    this.editing = message.dataset.message;
    this.form.elements.body.value = words;
    this.name(this.room.dataset.edits, message);
    this.label();
    this.room.composer.grow();
  }

  name(words, message) {
    if (!this.answering) return;
    const name = message.querySelector("[data-name]")?.textContent.trim() || "", said = message.querySelector("[data-body]")?.textContent.trim() || "";
    this.answering.querySelector("[data-answering-words]").textContent = (words || "{name}: {words}").replace("{name}", name).replace("{words}", said.slice(0, 120));
    this.answering.hidden = false;
    this.form.elements.body.focus();
  }

  leave() {
    if (this.editing) { this.form.elements.body.value = this.before || ""; this.before = ""; }
    this.editing = null;
    this.form.elements.reply_to.value = "";
    if (this.answering) this.answering.hidden = true;
    this.label();
    this.room.composer.grow();
  }

  // The button says what it does.
  label() {
    const button = this.form.querySelector("[data-submit] span"), { send, save } = this.room.dataset;
    if (button && send && save) button.textContent = this.editing ? save : send;
  }

  // Stores the changed words; on a refusal they stay in the box.
  async save(words) {
    const id = this.editing, said = await this.post(`${this.room.path}/${id}/edit`, [["body", words]]);
    if (!said) return;
    if (this.editing === id) this.leave();
    this.room.sent(said);
  }

  async act(button, message) {
    if (button.dataset.ask && !(await this.sure(button))) return;
    const said = await this.post(button.formAction, button.name ? [[button.name, button.value]] : []);
    if (said) this.room.sent(said);
    const found = this.room.list.find(message.dataset.message);
    if (said && !found?.contains(document.activeElement)) found?.querySelector("summary")?.focus({ preventScroll: true });
  }

  // Asks in the dialog of the page, when there is one, whether that is meant.
  sure(button) {
    const dialog = document.getElementById(button.dataset.ask);
    if (!dialog) return true;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((told) => dialog.addEventListener("close", () => told(dialog.returnValue === "yes"), { once: true }));
  }

  async post(url, fields) {
    const body = new FormData();
    for (const [name, value] of [["csrf_token", this.room.token()], ...fields]) body.append(name, value);
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin" }).catch(() => null);
    const said = answer?.type === "basic" ? await answer.json().catch(() => null) : null;
    if (answer?.ok && said) { this.room.say(""); return said; }
    this.room.say(said?.error || this.room.dataset.failed);
    return null;
  }

  async page(url) {
    const answer = await fetch(url, { redirect: "manual", credentials: "same-origin" }).catch(() => null);
    return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  }
}
