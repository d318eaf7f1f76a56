// From Markdown to a document and back. The rules of reading are the desk's own (src/text/markdown.rs): no HTML, tables, strikethrough, and
// the end of a line is the end of a line. Law: what is written from a document reads as the same document again.

import MarkdownIt from "markdown-it";
import { MarkdownParser, MarkdownSerializer, MarkdownSerializerState, defaultMarkdownParser, defaultMarkdownSerializer } from "prosemirror-markdown";
import { schema } from "./schema.js";

const tokenizer = new MarkdownIt("commonmark", { html: false, breaks: true }).enable(["table", "strikethrough"]);

// A soft break is a break here, in both directions.
const parser = new MarkdownParser(schema, tokenizer, {
  ...defaultMarkdownParser.tokens,
  bullet_list: { block: "bullet_list" },
  ordered_list: { block: "ordered_list", getAttrs: (token) => ({ order: Number(token.attrGet("start") ?? 1) }) },
  s: { mark: "strike" },
  softbreak: { node: "hard_break" },
  table: { block: "table" },
  thead: { ignore: true },
  tbody: { ignore: true },
  tr: { block: "table_row" },
  th: { block: "table_header", getAttrs: alignment },
  td: { block: "table_cell", getAttrs: alignment },
});

function alignment(token) {
  const [, align = null] = /text-align:(\w+)/.exec(token.attrGet("style") ?? "") ?? [];
  return { align };
}

/** The document of a text. */
export function read(text) {
  return parser.parse(text);
}

/** The text of a document. Signs are made harmless only where they would mean something, so that the text stays pleasant to read in a
 *  mail; where that is not certain, all of them are. */
export function write(doc) {
  const safe = heavy.serialize(doc, { tightLists: true }).trimEnd();
  const pleasant = light.serialize(doc, { tightLists: true }).trimEnd();
  // Reading joins neighbours and drops empty ends, so what was read is compared with what was read.
  return read(pleasant).eq(read(safe)) ? pleasant : safe;
}

const nodes = {
  ...defaultMarkdownSerializer.nodes,
  bullet_list(state, node) {
    state.renderList(node, "  ", () => "- ");
  },
  hard_break(state, node, parent, index) {
    for (let i = index + 1; i < parent.childCount; i++) if (parent.child(i).type !== node.type) return state.write("\n");
  },
  table(state, node) {
    const columns = Math.max(...rowsOf(node).map((it) => it.childCount), 1);
    rowsOf(node).forEach((row, index) => {
      state.write(line(state, row, columns));
      state.ensureNewLine();
      if (index === 0) {
        state.write("|" + Array.from({ length: columns }, (_, at) => rule(row.maybeChild(at))).join("|") + "|");
        state.ensureNewLine();
      }
    });
    state.closeBlock(node);
  },
};

function rowsOf(table) {
  return Array.from({ length: table.childCount }, (_, at) => table.child(at));
}

function rule(cell) {
  const align = cell?.attrs.align;
  return { left: " :-- ", center: " :-: ", right: " --: " }[align] ?? " --- ";
}

// Cells are written apart, so that a bar within one cannot end it.
function line(state, row, columns) {
  const cells = Array.from({ length: columns }, (_, at) => {
    const cell = row.maybeChild(at);
    if (!cell) return "";
    const apart = new MarkdownSerializerState(state.nodes, state.marks, state.options);
    apart.esc = state.esc;
    apart.renderInline(cell);
    return apart.out.replace(/\s*\n\s*/g, " ").replace(/\\?\|/g, "\\|").trim();
  });
  return "| " + cells.join(" | ") + " |";
}

const marks = {
  ...defaultMarkdownSerializer.marks,
  em: { open: "_", close: "_", mixable: true, expelEnclosingWhitespace: true },
  strike: { open: "~~", close: "~~", mixable: true, expelEnclosingWhitespace: true },
};

/** Escapes what would begin something at the start of a line, and signs that stand like the ends of an emphasis, code or link. */
function lightly(text, startOfLine) {
  const out = text
    .replace(/\\(?=[!-/:-@[-`{-~])/g, "\\\\")
    .replace(/`/g, "\\`")
    .replace(/(\*+|~~+)(?=\S)|(?<=\S)(\*+|~~+)/g, (it) => it.replace(/[*~]/g, "\\$&"))
    .replace(/(?<![\p{L}\p{N}])_+(?=\S)|(?<=\S)_+(?![\p{L}\p{N}])/gu, (it) => it.replace(/_/g, "\\_"))
    .replace(/\](?=[([:])/g, "\\]")
    .replace(/<(?=[a-z/!?])/gi, "\\<")
    .replace(/&(?=#?\w+;)/g, "\\&");
  return startOfLine ? begun(out) : out;
}

/** Escapes every sign that means something anywhere. */
function safely(text, startOfLine) {
  const out = text.replace(/[`*\\~[\]_|<&!]/g, "\\$&");
  return startOfLine ? begun(out) : out;
}

// At the start of a line: headings, lists, quotes, rules, code.
function begun(text) {
  return text
    .replace(/^(\s*)(#{1,6})(?=\s|$)/, "$1\\$2")
    .replace(/^(\s*)([-+*])(?=\s|$)/, "$1\\$2")
    .replace(/^(\s*)>/, "$1\\>")
    .replace(/^(\s*\d{1,9})([.)])(?=\s|$)/, "$1\\$2")
    .replace(/^(\s*)(={1,}|-{2,}|_{3,}|~{3,})/, "$1\\$2")
    .replace(/^ {4,}|^\t/, " ");
}

class Serializer extends MarkdownSerializer {
  constructor(escape, marks, options) {
    super(nodes, marks, options);
    this.escape = escape;
  }

  serialize(content, options) {
    const state = new MarkdownSerializerState(this.nodes, this.marks, { ...this.options, ...options });
    const { escape } = this;
    // What stands after the end of a line could begin a list as well as what begins a block.
    state.esc = (text, startOfBlock) => escape.call(state, text, startOfBlock || state.out === state.delim || state.out.endsWith("\n" + state.delim));
    state.renderContent(content);
    return state.out;
  }
}

const light = new Serializer(lightly, marks, {});
const heavy = new Serializer(safely, { ...marks, em: defaultMarkdownSerializer.marks.em }, {});
