// <password-reveal data-show data-hide>: a button that shows what was typed.

class PasswordReveal extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    if (!this.field || this.querySelector("button")) return;
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "btn btn-icon";
    this.button.addEventListener("click", () => { this.show(this.field.type === "password"); this.field.focus(); });
    this.append(this.button);
    this.show(false);
    // The browser's password store only offers to keep what stands in a password field.
    this.field.form?.addEventListener("submit", () => this.show(false));
  }

  show(visible) {
    this.field.type = visible ? "text" : "password";
    this.button.setAttribute("aria-label", visible ? this.dataset.hide : this.dataset.show);
    const sprite = document.querySelector("svg.icon use, svg.mark use")?.getAttribute("href").split("#")[0];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(svg.namespaceURI, "use");
    use.setAttribute("href", `${sprite || new URL("../icons.svg", import.meta.url).pathname}#${visible ? "hide" : "eye"}`);
    svg.append(use);
    this.button.replaceChildren(svg);
  }
}
customElements.define("password-reveal", PasswordReveal);
