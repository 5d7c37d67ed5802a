// <press-itself>: sends its form when the page is there, so that a link in a mail is enough. Without JavaScript the button is.

class PressItself extends HTMLElement {
  connectedCallback() {
    if (!document.prerendering && !document.hidden) this.querySelector("form")?.requestSubmit();
  }
}
customElements.define("press-itself", PressItself);
