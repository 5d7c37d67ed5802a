// Buttons with commandfor open and close dialogs by themselves in new browsers; this does it in older ones.

if (!("command" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (e) => {
    const button = e.target.closest("[commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor"));
    if (!dialog) return;
    if (button.getAttribute("command") === "close") dialog.close();
    else dialog.showModal();
  });
}
