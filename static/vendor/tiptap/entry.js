// What the lesson editor needs of TipTap, in one file: `sh static/vendor/tiptap/build.sh` makes it.
// Markdown is read by the server alone, so of prosemirror-markdown only the writing half comes along.
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { CodeBlock } from "@tiptap/extension-code-block";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Heading } from "@tiptap/extension-heading";
import { HorizontalRule } from "@tiptap/extension-horizontal-rule";
import { Italic } from "@tiptap/extension-italic";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Strike } from "@tiptap/extension-strike";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import { Text } from "@tiptap/extension-text";
import { UndoRedo } from "@tiptap/extensions";

export { Editor, Mark } from "@tiptap/core";
export { MarkdownSerializer, defaultMarkdownSerializer } from "prosemirror-markdown";
export const extensions = {
  Blockquote, Bold, BulletList, Code, CodeBlock, Document, HardBreak, Heading, HorizontalRule, Italic, ListItem, ListKeymap,
  OrderedList, Paragraph, Strike, Table, TableCell, TableHeader, TableRow, Text, UndoRedo,
};
