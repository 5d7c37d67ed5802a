// <lesson-changed>: says that an author changed this lesson ([data-when=changed]), or took it out (gone), once an answer of
// the server says so (see post.js). [data-again] opens the new version where the person is reading.

class LessonChanged extends HTMLElement {
  connectedCallback() {
    this.over = new AbortController();
    document.addEventListener("lessonchanged", (e) => this.tell(e.detail), { signal: this.over.signal });
    this.querySelector("[data-again]")?.addEventListener("click", (e) => { e.preventDefault(); location.reload(); });
  }

  disconnectedCallback() { this.over?.abort(); }

  tell(what) {
    for (const one of this.querySelectorAll("[data-when]")) one.hidden = one.dataset.when !== what;
  }
}
customElements.define("lesson-changed", LessonChanged);
