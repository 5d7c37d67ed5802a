// <slug-check data-source="/…?slug=" data-from="id of the name field">: suggests a subdomain from the name and asks, while
// typing, whether it is free. The server answers with a line of HTML for the [role=status] inside.

const WAIT_MS = 350;

export function slugOf(name) {
  const plain = name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40).replace(/-+$/, "");
}

class SlugCheck extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    this.status = this.querySelector("[role=status]");
    const name = document.getElementById(this.dataset.from || "");
    if (!this.field) return;
    this.own = this.field.value !== "";
    this.field.addEventListener("input", () => { this.own = this.field.value !== ""; this.later(); });
    name?.addEventListener("input", () => { if (!this.own) { this.field.value = slugOf(name.value); this.later(); } });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    const slug = this.field.value.trim();
    if (!slug || !this.status) return;
    this.request?.abort();
    this.request = new AbortController();
    const answer = await fetch(this.dataset.source + encodeURIComponent(slug), { headers: { "HX-Request": "true" }, signal: this.request.signal }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.status.replaceChildren(...page.body.childNodes);
  }
}
customElements.define("slug-check", SlugCheck);
