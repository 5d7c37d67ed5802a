// Who types in a room, and who is here: shown for as long as it is so, and told to others no more than every few seconds.

const TOLD_MS = 3000, SHOWN_MS = 6000;

export class Typing {
  constructor(room) {
    Object.assign(this, { room, people: new Map(), readers: new Map(), told: 0 });
    this.line = room.querySelector("[data-typing]");
  }

  connect(on) {
    const { stream, id } = this.room;
    stream.addEventListener("typing", (e) => e.detail.room === id && this.began(e.detail), on);
    stream.addEventListener("here", (e) => this.dots(e.detail), on);
    stream.addEventListener("read", (e) => e.detail.room === id && this.read(e.detail), on);
    stream.addEventListener("state", () => stream.state !== "open" && this.away(), on);
    for (const member of stream.here) this.dots({ member, here: true });
  }

  types() {
    if (Date.now() - this.told < TOLD_MS || this.room.stream.state !== "open" || this.room.acts.editing || !("showsTyping" in this.room.dataset)) return;
    this.told = Date.now();
    const body = new FormData();
    body.append("csrf_token", this.room.token());
    fetch(`${this.room.path}/typing`, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin" }).catch(() => {});
  }

  began({ member, name }) {
    clearTimeout(this.people.get(member)?.timer);
    this.people.set(member, { name, timer: setTimeout(() => this.ended(member), SHOWN_MS) });
    this.draw();
  }

  ended(member) {
    clearTimeout(this.people.get(member)?.timer);
    if (this.people.delete(member)) this.draw();
  }

  draw() {
    if (!this.line) return;
    const names = [...this.people.values()].map((one) => one.name), { typingOne = "", typingMany = "" } = this.room.dataset;
    this.line.textContent = names.length > 1 ? typingMany.replace("{count}", names.length) : names.length ? typingOne.replace("{name}", names[0]) : "";
  }

  dots({ member, here }) {
    for (const dot of document.querySelectorAll(`[data-presence="${CSS.escape(member)}"]`)) dot.classList.toggle("here", here);
  }

  away() { for (const member of [...this.people.keys()]) this.ended(member); }

  // The line under the last message: by how many others it was read; where few talk it keeps up.
  read({ member, number }) {
    if (member === this.room.dataset.me) { this.room.reading.marked = Math.max(this.room.reading.marked, number); return; }
    this.readers.set(member, Math.max(number, this.readers.get(member) || 0));
    this.drawRead();
  }

  drawRead() {
    const line = this.room.querySelector("[data-read-line]"), { kind, readOne = "", readBy = "", showsRead } = this.room.dataset;
    if (!line || showsRead === undefined) return;
    const count = [...this.readers.values()].filter((number) => number >= this.room.list.last).length;
    line.textContent = !count ? "" : kind === "direct" ? readOne : readBy.replace("{count}", count);
  }
}
