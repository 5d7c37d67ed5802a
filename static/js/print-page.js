// <print-page data-label="Print">: a button that prints the page. Without JavaScript the browser's own menu does.

class PrintPage extends HTMLElement {
  connectedCallback() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-solid";
    button.textContent = this.dataset.label;
    button.addEventListener("click", () => print());
    this.replaceChildren(button);
  }
}
customElements.define("print-page", PrintPage);
