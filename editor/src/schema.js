// What a text can be made of: exactly what Markdown can say and the desk shows, so that nothing is lost between the two.

import { schema as basic } from "prosemirror-markdown";
import { Schema } from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";

const align = {
  default: null,
  getFromDOM: (cell) => (["left", "center", "right"].includes(cell.style.textAlign || cell.align) ? cell.style.textAlign || cell.align : null),
  setDOMAttr: (value, attrs) => value && (attrs["data-align"] = value),
};

// A cell is one line: Markdown has no other.
const tables = tableNodes({ tableGroup: "block", cellContent: "inline*", cellAttributes: { align } });

// Markdown knows no joined cells; those of a pasted table come apart as they are read.
for (const name of ["table_cell", "table_header"]) {
  tables[name] = { ...tables[name], marks: "_" };
}

const heading = {
  ...basic.spec.nodes.get("heading"),
  // Headings of a page lead to the message; within it they begin below.
  toDOM: (node) => ["h" + Math.min(6, node.attrs.level + 2), { "data-level": node.attrs.level }, 0],
  parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({
    tag: "h" + level,
    getAttrs: (dom) => ({ level: Number(dom.dataset.level ?? Math.min(level, 3)) }),
  })),
};

const image = {
  ...basic.spec.nodes.get("image"),
  draggable: true,
};

// How far the points of a list stand apart is not for a text to say.
const bullets = { content: "list_item+", group: "block", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] };
const numbers = {
  content: "list_item+",
  group: "block",
  attrs: { order: { default: 1, validate: "number" } },
  parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ order: dom.hasAttribute("start") ? Number(dom.getAttribute("start")) : 1 }) }],
  toDOM: (node) => (node.attrs.order === 1 ? ["ol", 0] : ["ol", { start: node.attrs.order }, 0]),
};

export const schema = new Schema({
  nodes: basic.spec.nodes.update("heading", heading).update("image", image).update("bullet_list", bullets).update("ordered_list", numbers).append(tables),
  marks: basic.spec.marks.addBefore("code", "strike", {
    parseDOM: [{ tag: "s" }, { tag: "del" }, { tag: "strike" }, { style: "text-decoration=line-through" }, { style: "text-decoration-line=line-through" }],
    toDOM: () => ["s", 0],
  }),
});
