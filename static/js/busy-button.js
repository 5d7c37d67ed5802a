// A submit button with data-busy says so while its form is on its way, and does not send twice.

document.addEventListener("submit", (e) => {
  const form = e.target, button = e.submitter?.closest("[data-busy]") || form.querySelector("button[data-busy]");
  if (e.defaultPrevented) return;
  if (form.dataset.sent) { e.preventDefault(); return; }
  form.dataset.sent = "yes";
  if (!button) return;
  button.dataset.calm = button.textContent;
  button.lastChild.textContent = button.dataset.busy;
  button.setAttribute("aria-disabled", "true");
});

// A page that comes back from the browser's memory is ready to be sent again.
addEventListener("pageshow", (e) => {
  if (!e.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-calm]")) {
    button.lastChild.textContent = button.dataset.calm;
    button.removeAttribute("aria-disabled");
  }
});
