// One answer of a test, held in this browser until the server has acknowledged it (see test-paper.js).
import { postForm, uuid } from "./post.js";
import { forget, keep, keyOf, recall } from "./unsent.js";

const WAIT_MS = 800, RETRY_MS = [2000, 5000, 15000, 30000];

export class HeldAnswer {
  // `paper.told(answer, state, words)` hears of each attempt to send: saving, saved, refused, signedout or failed.
  constructor(paper, place) {
    Object.assign(this, { paper, place, start: place.dataset.key, url: place.dataset.save, tries: 0 });
    this.key = keyOf(paper.dataset.owner, this.url);
    this.held = recall(this.key);
  }

  hold(fields) {
    this.held = { id: uuid(), fields };
    this.tries = 0;
    keep(this.key, this.held.id, fields);
    this.wait(WAIT_MS);
  }

  wait(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), ms);
  }

  async send() {
    clearTimeout(this.timer);
    while (this.busy) await this.busy;
    if (this.held) await (this.busy = this.post(this.held).finally(() => { this.busy = null; }));
  }

  async post({ id, fields }) {
    const body = new FormData(), { form } = this.paper;
    const own = [["client_id", id], ["csrf_token", form.elements.csrf_token.value]];
    for (const [name, value] of [...fields, ...own]) body.append(name, value);
    this.paper.told(this, "saving");
    const answer = await postForm(form, { body, url: this.url }).catch(() => null);
    // What the question does not take, or a sitting that is gone, is not asked for again.
    const isDone = Boolean(answer?.ok) || [404, 422].includes(answer?.status);
    if (isDone) forget(this.key, id);
    if (isDone && this.held?.id === id) this.held = null;
    if (!isDone && this.held?.id === id) this.wait(RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]);
    const isText = answer?.headers.get("Content-Type")?.startsWith("text/plain");
    this.paper.told(this, this.state(answer, isDone), isText ? await answer.text() : "");
  }

  state(answer, isDone) {
    if (answer?.ok) return "saved";
    if (isDone) return "refused";
    return answer?.status === 401 || answer?.type === "opaqueredirect" ? "signedout" : "failed";
  }
}
