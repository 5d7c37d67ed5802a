// richEditor(element): TipTap in the place of the textarea of a <rich-text>. Fetched when an author first edits a text.
import { Editor, Mark, extensions as all } from "../vendor/tiptap-3.32.2.min.js";
import { markdownOf } from "./rich-markdown.js";
import { richTools } from "./rich-tools.js";

const SCHEMES = /^(https?:\/\/|mailto:|tel:|#|\/(?!\/))/i;

const Link = Mark.create({
  name: "link", inclusive: false, keepOnSplit: false,
  addAttributes: () => ({ href: { default: null }, title: { default: null } }),
  parseHTML: () => [{ tag: "a[href]", getAttrs: (a) => SCHEMES.test(a.getAttribute("href")) && null }],
  renderHTML: ({ HTMLAttributes }) => ["a", { ...HTMLAttributes, rel: "noopener noreferrer nofollow" }, 0],
});
// Tab goes on to the next cell, and from the last one out of the table.
const Table = all.Table.extend({
  renderHTML: () => ["table", ["tbody", 0]],
  addKeyboardShortcuts() {
    const { editor } = this;
    return { Tab: () => editor.commands.goToNextCell(), "Shift-Tab": () => editor.commands.goToPreviousCell() };
  },
});
const extensions = [...Object.values({ ...all, Table, Heading: all.Heading.configure({ levels: [2, 3, 4] }) }), Link];

// Returns the address as it may be stored, or null.
export function address(typed) {
  const text = typed.trim();
  if (!text) return null;
  if (SCHEMES.test(text)) return text;
  if (/^[^\s/@]+@[^\s/@]+$/.test(text)) return `mailto:${text}`;
  return /^[a-z][a-z0-9+.-]*:/i.test(text) ? null : `https://${text}`;
}

export function richEditor(place) {
  const { field } = place;
  const box = document.createElement("div");
  place.append(box);
  box.className = "rich-place";
  box.addEventListener("input", (e) => e.stopPropagation());  // the textarea tells, once it holds the Markdown
  const editor = new Editor({
    element: box, extensions, injectCSS: false, content: place.reading.innerHTML,
    editorProps: { attributes: {
      class: "prose rich", role: "textbox", "aria-multiline": "true",
      "aria-label": field.ariaLabel || field.labels[0]?.textContent || "",
      "aria-keyshortcuts": "Alt+F10",
    } },
    onUpdate: () => {
      field.value = markdownOf(editor.state.doc);
      place.drawnOf = null;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  editor.on("focus", () => place.classList.add("is-editing"));
  const tools = richTools(place, editor, address);
  return {
    focus: () => editor.commands.focus(),
    close: () => { tools?.remove(); editor.destroy(); box.remove(); },
  };
}
