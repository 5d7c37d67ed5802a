// The messages on the page: each once, in the order of their numbers, without gaps. What is being sent stands at the end.

const TOGETHER_MS = 5 * 60 * 1000;

export class MessageList {
  constructor(room) {
    this.room = room;
    this.place = room.querySelector("[data-messages]");
    this.me = room.dataset.me;
    this.last = this.messages().reduce((most, one) => Math.max(most, numberOf(one)), 0);
    this.first = numberOf(this.messages()[0]) || 0;
    for (const one of this.messages()) this.mark(one);
  }

  messages() { return [...this.place.querySelectorAll(":scope > [data-message]")]; }

  waiting() { return this.place.querySelector(":scope > [data-client]"); }

  find(id) { return this.place.querySelector(`:scope > [data-message="${CSS.escape(id)}"]`); }

  // Puts a message where it belongs. Returns new, changed, same, or gap when others must come first.
  put(message) {
    const found = this.find(message.id);
    if (found) return Number(found.dataset.version) < message.version ? this.change(found, message) : "same";
    if (message.number > this.last + 1) return "gap";
    if (message.number <= this.last && (message.number < this.first || !this.first)) return "same";
    this.drop(message.client);
    const one = made(message.html), next = this.messages().find((other) => numberOf(other) > message.number);
    if (next) next.before(one); else this.append(one);
    this.last = Math.max(this.last, message.number);
    this.first ||= message.number;
    this.arrange(one);
    return "new";
  }

  change(found, message) {
    const one = made(message.html), open = found.querySelector("details[open]");
    if (open) one.querySelector("details")?.setAttribute("open", "");
    const focus = found.contains(document.activeElement) && document.activeElement;
    found.replaceWith(one);
    this.arrange(one);
    if (focus) (one.querySelector(selectorOf(focus)) || one.querySelector("summary, button, a"))?.focus({ preventScroll: true });
    return "changed";
  }

  append(one) {
    const waiting = this.waiting();
    if (waiting) waiting.before(one); else this.place.append(one);
  }

  // The bubble of what was sent under this id gives way to the message itself.
  drop(client) {
    if (client) this.place.querySelector(`:scope > [data-client="${CSS.escape(client)}"]`)?.remove();
  }

  // Adds a page of earlier messages, drawn by the server.
  prepend(rows) {
    const seam = this.place.firstElementChild, days = rows.filter((one) => one.dataset.day);
    if (seam?.dataset.day && seam.dataset.day === days.at(-1)?.dataset.day) seam.remove();
    const fresh = rows.filter((one) => !one.dataset.message || !this.find(one.dataset.message));
    this.place.prepend(...fresh);
    this.first = numberOf(this.messages()[0]) || this.first;
    for (const one of this.messages().slice(0, fresh.length + 1)) this.arrange(one);
  }

  arrange(one) {
    one.classList.toggle("own", one.dataset.sender === this.me);
    one.classList.toggle("folded", (this.room.dataset.blocked || "").split(" ").includes(one.dataset.sender));
    this.mark(one);
    this.separate(one);
    this.group(one);
    const next = one.nextElementSibling;
    if (next?.dataset.message) this.group(next);
  }

  // Signs that the person put here themselves.
  mark(one) {
    for (const sign of one.querySelectorAll("[data-by]")) {
      const isMine = sign.dataset.by.split(" ").includes(this.me);
      sign.classList.toggle("mine", isMine);
      sign.setAttribute("aria-pressed", isMine);
    }
  }

  group(one) {
    const before = one.previousElementSibling, gap = Date.parse(one.dataset.at) - Date.parse(before?.dataset.at);
    one.classList.toggle("grouped", Boolean(before?.dataset.message) && before.dataset.sender === one.dataset.sender && gap < TOGETHER_MS);
  }

  separate(one) {
    const before = one.previousElementSibling;
    if (before && (!before.dataset.message || this.day(before) === this.day(one))) return;
    if (!before && this.first < numberOf(one)) return;
    const line = this.place.querySelector("[data-day]")?.cloneNode(true) || Object.assign(document.createElement("li"), { className: "chat-day" });
    line.dataset.day = this.day(one);
    deepest(line).textContent = this.dayWords(one);
    one.before(line);
  }

  day(one) { return new Intl.DateTimeFormat("sv-SE", { timeZone: this.room.dataset.zone }).format(new Date(one.dataset.at)); }

  dayWords(one) {
    const today = new Intl.DateTimeFormat("sv-SE", { timeZone: this.room.dataset.zone }).format(new Date());
    if (this.day(one) === today && this.room.dataset.today) return this.room.dataset.today;
    const how = { timeZone: this.room.dataset.zone, day: "numeric", month: "long" };
    return new Intl.DateTimeFormat(document.documentElement.lang, how).format(new Date(one.dataset.at));
  }
}

export function numberOf(one) { return Number(one?.dataset.number || 0); }

export function made(html) {
  const frame = document.createElement("template");
  frame.innerHTML = html;
  return frame.content.querySelector("li");
}

function deepest(one) { return one.firstElementChild ? deepest(one.firstElementChild) : one; }

function selectorOf(one) {
  if (one.getAttribute("value")) return `${one.localName}[value="${CSS.escape(one.getAttribute("value"))}"]`;
  return [...one.attributes].find((a) => a.name.startsWith("data-")) ? `[${[...one.attributes].find((a) => a.name.startsWith("data-")).name}]` : one.localName;
}
