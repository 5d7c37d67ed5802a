// <error-summary>: takes the focus when a form comes back with errors; a single error gives it to its field.

class ErrorSummary extends HTMLElement {
  connectedCallback() { this.focus(); }
}
customElements.define("error-summary", ErrorSummary);

if (!document.querySelector("error-summary")) document.querySelector("form [aria-invalid=true]")?.focus();
