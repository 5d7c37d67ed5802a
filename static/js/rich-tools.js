// richTools(place, editor, address): the toolbar below a text, made from <template id="rich-tools">. Alt+F10 goes there,
// the arrow keys walk through it, Escape goes back to the text.
const DO = {
  bold: (c) => c.toggleBold(), italic: (c) => c.toggleItalic(), h2: (c) => c.toggleHeading({ level: 2 }),
  h3: (c) => c.toggleHeading({ level: 3 }), bullets: (c) => c.toggleBulletList(), numbers: (c) => c.toggleOrderedList(),
  quote: (c) => c.toggleBlockquote(), table: (c) => c.insertTable({ rows: 3, cols: 2, withHeaderRow: true }),
  row: (c) => c.addRowAfter(), column: (c) => c.addColumnAfter(), norow: (c) => c.deleteRow(),
  nocolumn: (c) => c.deleteColumn(), notable: (c) => c.deleteTable(),
};
const IS = { bold: ["bold"], italic: ["italic"], h2: ["heading", { level: 2 }], h3: ["heading", { level: 3 }], bullets: ["bulletList"],
             numbers: ["orderedList"], quote: ["blockquote"], link: ["link"], table: ["table"] };

export function richTools(place, editor, address) {
  const template = document.getElementById("rich-tools");
  if (!template) return null;
  const tools = template.content.firstElementChild.cloneNode(true);
  const bar = tools.querySelector("[role=toolbar]"), panel = tools.querySelector("[data-link]"), input = panel.querySelector("input");
  const buttons = () => [...bar.querySelectorAll("button")].filter((b) => !b.closest("[hidden]"));
  const focusAt = (button) => { for (const b of buttons()) b.tabIndex = b === button ? 0 : -1; button.focus(); };
  const linked = (open) => {
    panel.hidden = !open;
    if (!open) return editor.commands.focus();
    input.value = editor.getAttributes("link").href ?? "";
    input.select();
  };
  const link = () => {
    const to = address(input.value);
    input.ariaInvalid = input.value.trim() !== "" && !to;
    if (input.ariaInvalid === "true") return;
    panel.hidden = true;
    const chain = editor.chain().focus().extendMarkRange("link");
    if (!to) chain.unsetMark("link").run();
    else if (editor.state.selection.empty && !editor.isActive("link")) chain.insertContent({ type: "text", text: input.value.trim(), marks: [{ type: "link", attrs: { href: to } }] }).run();
    else chain.setMark("link", { href: to }).run();
  };
  const show = () => {
    for (const b of bar.querySelectorAll("[data-do]")) if (IS[b.dataset.do]) b.ariaPressed = editor.isActive(...IS[b.dataset.do]);
    bar.querySelector("[data-in-table]").hidden = !editor.isActive("table");
    if (!buttons().some((b) => b.tabIndex === 0)) buttons()[0].tabIndex = 0;
  };
  tools.addEventListener("pointerdown", (e) => { if (e.target.closest("button")) e.preventDefault(); });
  tools.addEventListener("input", (e) => e.stopPropagation());
  tools.addEventListener("click", (e) => {
    const what = e.target.closest("[data-do]")?.dataset.do;
    if (what === "markdown") place.prefer(true);
    else if (what === "link") linked(panel.hidden);
    else if (what === "set") link();
    else if (what) DO[what](editor.chain().focus()).run();
  });
  tools.addEventListener("keydown", (e) => {
    const all = buttons(), at = all.indexOf(e.target), step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (e.key === "Escape") { panel.hidden = true; editor.commands.focus(); }
    else if (e.key === "Enter" && e.target === input) link();
    else if (step && at >= 0) focusAt(all[(at + step + all.length) % all.length]);
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  editor.view.dom.addEventListener("keydown", (e) => {
    const wanted = e.altKey && e.key === "F10", toLink = (e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k";
    if (!wanted && !toLink) return;
    e.preventDefault();
    if (wanted) focusAt(buttons().find((b) => b.tabIndex === 0) ?? buttons()[0]);
    else linked(true);
  });
  editor.on("transaction", show);
  place.append(tools);
  show();
  return tools;
}
