// Small custom elements, one per file, fetched when their tag stands on the page. Every page works without them.
import "./busy-button.js";
import "./dialog-fallback.js";

const asked = new Set();

function fetchElements() {
  for (const { localName } of document.querySelectorAll(":not(:defined)")) {
    if (asked.has(localName)) continue;
    asked.add(localName);
    import(`./${localName}.js`);
  }
}

fetchElements();
new MutationObserver(fetchElements).observe(document.body, { childList: true, subtree: true });
