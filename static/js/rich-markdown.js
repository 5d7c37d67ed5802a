// markdownOf(doc): the Markdown that the server draws the same text from.
import { MarkdownSerializer, defaultMarkdownSerializer } from "../vendor/tiptap-3.32.2.min.js";

const { nodes, marks } = defaultMarkdownSerializer;
const PLAIN = /&(?=#?\w+;)|<(?=[a-z/!?])/gi;  // what Markdown would read as an entity or an address
const PLAIN_IN_CELL = /&(?=#?\w+;)|<(?=[a-z/!?])|\|/gi;

function cell(state, node) {
  node.forEach((part, _, place) => {
    if (place) state.write(" ");
    state.renderInline(part, false);
  });
}

function table(state, node) {
  state.inCell = true;
  state.options.escapeExtraCharacters = PLAIN_IN_CELL;
  node.forEach((row, _, place) => {
    state.write("|");
    row.forEach((one) => { state.write(" "); cell(state, one); state.write(" |"); });
    state.ensureNewLine();
    if (!place) state.write(`|${" --- |".repeat(row.childCount)}\n`);
  });
  state.inCell = false;
  state.options.escapeExtraCharacters = PLAIN;
  state.closeBlock(node);
}

function codeBlock(state, node) {
  const fence = "`".repeat(Math.max(3, ...[...node.textContent.matchAll(/`{3,}/g)].map(([run]) => run.length + 1)));
  state.write(`${fence}${node.attrs.language || ""}\n`);
  state.text(node.textContent, false);
  state.ensureNewLine();
  state.write(fence);
  state.closeBlock(node);
}

const writer = new MarkdownSerializer({
  blockquote: nodes.blockquote, heading: nodes.heading, horizontalRule: nodes.horizontal_rule, listItem: nodes.list_item,
  paragraph: nodes.paragraph, text: nodes.text, codeBlock, table,
  bulletList: (state, node) => state.renderList(node, "  ", () => "- "),
  orderedList: (state, node) => {
    const first = node.attrs.start ?? 1;
    const width = String(first + node.childCount - 1).length + 2;
    state.renderList(node, " ".repeat(width), (place) => `${first + place}. `.padStart(width));
  },
  hardBreak: (state, node, parent, place) => {
    if (state.inCell) state.write(" ");
    else nodes.hard_break(state, node, parent, place);
  },
}, { bold: marks.strong, italic: marks.em, code: marks.code, link: marks.link,
     strike: { open: "~~", close: "~~", mixable: true, expelEnclosingWhitespace: true } });

export function markdownOf(doc) {
  return writer.serialize(doc, { tightLists: true, escapeExtraCharacters: PLAIN }).trim();
}
