// <quiz-check id data-none data-failed data-signedout>: answers a question without leaving the page. The server checks; it answers
// with this very fragment, which takes this element's place. Anything else it answers is a reason to post plainly.
import { postForm, uuid } from "./post.js";

class QuizCheck extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (e) => this.send(e));
    this.addEventListener("change", () => this.calm());
  }

  async send(e) {
    const form = e.target;
    if (this.plain || e.defaultPrevented) return;
    e.preventDefault();
    if (this.busy) return;
    if (!this.isAnswered(form)) return this.say("again", this.dataset.none);
    this.busy = true;
    this.setAttribute("aria-busy", "true");
    const body = new FormData(form, e.submitter);
    try {
      const answer = await postForm(form, { body });
      const fresh = await this.fragment(answer);
      if (fresh) return this.become(fresh);
      if (answer.status === 401) return this.say("again", this.dataset.signedout);
      if (answer.status >= 500) return this.say("again", this.dataset.failed);
      this.plain = true;
      form.requestSubmit(e.submitter);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.say("again", this.dataset.failed);
    } finally {
      this.busy = false;
      this.removeAttribute("aria-busy");
    }
  }

  // Choices need one picked; text, gaps and places need something in one of them. Other controls are the server's to judge.
  isAnswered(form) {
    const choices = form.querySelectorAll("input[type=radio], input[type=checkbox]");
    if (choices.length) return [...choices].some((c) => c.checked);
    const fields = [...form.querySelectorAll("textarea, input[type=text], select")];
    return !fields.length || fields.some((field) => field.value.trim() !== "");
  }

  async fragment(answer) {
    const isPage = answer.type !== "opaqueredirect" && (answer.ok || answer.status === 422);
    if (!isPage || !(answer.headers.get("Content-Type") || "").startsWith("text/html")) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(this.id);
    if (fresh) for (const other of page.querySelectorAll("[data-with]")) document.getElementById(other.id)?.replaceWith(other);
    return fresh;
  }

  become(fresh) {
    this.replaceWith(fresh);
    (fresh.querySelector("[autofocus]") || fresh.querySelector(".feedback"))?.focus({ preventScroll: false });
    fresh.dispatchEvent(new CustomEvent("answered", { bubbles: true }));
  }

  say(kind, text) {
    const p = document.createElement("p");
    p.className = `feedback ${kind}`;
    p.textContent = text;
    this.querySelector("[role=status]").replaceChildren(p);
    const id = this.querySelector("input[name=client_id]");
    if (id && !id.value) id.value = uuid();
  }

  calm() { this.querySelectorAll(".is-wrong, .is-right").forEach((o) => o.classList.remove("is-wrong", "is-right")); }
}
customElements.define("quiz-check", QuizCheck);
