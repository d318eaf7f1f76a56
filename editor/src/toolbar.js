// The bar above a text: what can be made of it, by pointer and by keyboard (arrows move within the bar, as WAI-ARIA says of a toolbar).

import { lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { liftListItem, wrapInList } from "prosemirror-schema-list";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, isInTable } from "prosemirror-tables";
import { schema } from "./schema.js";

const { nodes, marks } = schema;
const COLUMNS = 3;
const ROWS = 3;

// Drawings in a box of 16 by 16.
const DRAWINGS = {
  bold: "M5 3h4a2.5 2.5 0 0 1 0 5H5zM5 8h4.5a2.5 2.5 0 0 1 0 5H5z",
  italic: "M7 3h5M4 13h5M9.5 3l-3 10",
  strike: "M3 8h10M11 5c-.4-1.300-1.500-2-3-2-1.800 0-3 .9-3 2.300M5 11c.4 1.300 1.500 2 3 2 1.800 0 3-.9 3-2.300",
  code: "M5.500 5 2.500 8l3 3M10.500 5l3 3-3 3",
  link: "M7 9a2.500 2.500 0 0 0 3.500 0l2-2A2.500 2.500 0 0 0 9 3.500l-.7.7M9 7a2.500 2.500 0 0 0-3.500 0l-2 2A2.500 2.500 0 0 0 7 12.500l.7-.7",
  heading: "M4 3v10M12 3v10M4 8h8",
  bullets: "M6.500 4h7M6.500 8h7M6.500 12h7M3 4h.01M3 8h.01M3 12h.01",
  numbers: "M7 4h6.500M7 8h6.500M7 12h6.500M2.500 3 3.500 2.500V6M2.500 9.500h2l-2 3h2",
  quote: "M3 4v8M6 5h7M6 8h7M6 11h4",
  block: "M2.500 3.500h11v9h-11zM5 6.500 6.500 8 5 9.500M8 10h3",
  table: "M2.500 3.500h11v9h-11zM2.500 6.500h11M7 3.500v9",
  rows: "M2.500 3h11v5h-11zM8 10v4M6 12h4",
  columns: "M3 2.500h5v11H3zM10 8h4M12 6v4",
  norow: "M2.500 3h11v5h-11zM6 12h4",
  nocolumn: "M3 2.500h5v11H3zM10 8h4",
  notable: "M2.500 3.500h11v9h-11zM5 6l6 4M11 6l-6 4",
  source: "M2.500 4.500v7M2.500 4.500 5 8l2.500-3.500v7M11.500 4.500v7M9.500 9.500l2 2 2-2",
};

/** The bar of a view: its element, and what must be called after each change. */
export function toolbar(view, t, toSource) {
  const dom = document.createElement("div");
  dom.className = "editor-bar";
  dom.setAttribute("role", "toolbar");
  dom.setAttribute("aria-label", t("js-editor-format"));
  const tools = [
    tool("bold", toggleMark(marks.strong), (state) => hasMark(state, marks.strong), "Control+b"),
    tool("italic", toggleMark(marks.em), (state) => hasMark(state, marks.em), "Control+i"),
    tool("strike", toggleMark(marks.strike), (state) => hasMark(state, marks.strike)),
    tool("code", toggleMark(marks.code), (state) => hasMark(state, marks.code), "Control+e"),
    tool("link", (state, dispatch) => (dispatch ? editLink(view, t) : true), (state) => hasMark(state, marks.link), "Control+Shift+k"),
    gap(),
    tool("heading", either(within(nodes.heading), setBlockType(nodes.paragraph), setBlockType(nodes.heading, { level: 2 })), within(nodes.heading)),
    tool("bullets", either(within(nodes.bullet_list), liftListItem(nodes.list_item), wrapInList(nodes.bullet_list)), within(nodes.bullet_list)),
    tool("numbers", either(within(nodes.ordered_list), liftListItem(nodes.list_item), wrapInList(nodes.ordered_list)), within(nodes.ordered_list)),
    tool("quote", either(within(nodes.blockquote), lift, wrapIn(nodes.blockquote)), within(nodes.blockquote)),
    tool("block", either(within(nodes.code_block), setBlockType(nodes.paragraph), setBlockType(nodes.code_block)), within(nodes.code_block)),
    tool("table", insertTable, isInTable),
    tool("rows", addRowAfter, undefined, undefined, isInTable),
    tool("columns", addColumnAfter, undefined, undefined, isInTable),
    tool("norow", deleteRow, undefined, undefined, isInTable),
    tool("nocolumn", deleteColumn, undefined, undefined, isInTable),
    tool("notable", deleteTable, undefined, undefined, isInTable),
  ];
  const source = button("source", t("js-editor-source"));
  source.classList.add("source");
  source.addEventListener("click", toSource);
  for (const it of tools) {
    it.dom ??= button(it.name, t("js-editor-" + it.name), it.keys);
    dom.append(it.dom);
    // The text keeps its caret.
    it.dom.addEventListener("mousedown", (event) => event.preventDefault());
    it.dom.addEventListener("click", () => (it.command?.(view.state, view.dispatch, view), view.focus()));
  }
  dom.append(source);
  rove(dom);
  const update = () => {
    for (const it of tools) {
      if (!it.command) continue;
      it.dom.hidden = it.shown ? !it.shown(view.state) : false;
      if (it.active) it.dom.setAttribute("aria-pressed", String(Boolean(it.active(view.state))));
      it.dom.setAttribute("aria-disabled", String(!it.command(view.state)));
    }
  };
  update();
  return { dom, update };
}

function tool(name, command, active, keys, shown) {
  return { name, command, active, keys, shown };
}

function gap() {
  return { dom: Object.assign(document.createElement("span"), { className: "gap" }) };
}

function button(name, label, keys) {
  const it = Object.assign(document.createElement("button"), { type: "button", title: label });
  it.setAttribute("aria-label", label);
  if (keys) it.setAttribute("aria-keyshortcuts", keys);
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", DRAWINGS[name]);
  drawing.append(path);
  it.append(drawing);
  return it;
}

function rove(bar) {
  const all = () => [...bar.querySelectorAll("button")].filter((it) => !it.hidden);
  const settle = (chosen) => {
    for (const it of bar.querySelectorAll("button")) it.tabIndex = it === chosen ? 0 : -1;
  };
  settle(bar.querySelector("button"));
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      // Pressed here and now: the focus goes back to the text, which must not get the key as well.
      event.preventDefault();
      return document.activeElement.click();
    }
    const buttons = all();
    const at = buttons.indexOf(document.activeElement);
    const forward = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + forward, ArrowLeft: at - forward, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    settle(next);
    next.focus();
  });
}

function hasMark(state, mark) {
  const { from, $from, to, empty } = state.selection;
  return empty ? Boolean(mark.isInSet(state.storedMarks ?? $from.marks())) : state.doc.rangeHasMark(from, to, mark);
}

function within(type) {
  return ({ selection: { $from } }) => {
    for (let depth = $from.depth; depth > 0; depth--) if ($from.node(depth).type === type) return true;
    return false;
  };
}

function either(test, then, otherwise) {
  return (state, dispatch, view) => (test(state) ? then : otherwise)(state, dispatch, view);
}

function insertTable(state, dispatch) {
  if (isInTable(state)) return false;
  const row = (type) => nodes.table_row.create(null, Array.from({ length: COLUMNS }, () => type.create()));
  const rows = [row(nodes.table_header), ...Array.from({ length: ROWS - 1 }, () => row(nodes.table_cell))];
  dispatch?.(state.tr.replaceSelectionWith(nodes.table.create(null, rows)).scrollIntoView());
  return true;
}

/** Asks for the address of a link, in a small form beside the text, and sets or takes it. */
export function editLink(view, t) {
  const { state } = view;
  const { $from, empty, from, to } = state.selection;
  const there = marks.link.isInSet($from.marks()) ?? marks.link.isInSet($from.nodeAfter?.marks ?? []);
  const form = document.createElement("div");
  form.className = "editor-link";
  form.setAttribute("role", "group");
  form.setAttribute("aria-label", t("js-editor-link"));
  const field = Object.assign(document.createElement("input"), { type: "url", className: "control", value: there?.attrs.href ?? "", placeholder: "https://" });
  field.setAttribute("aria-label", t("js-editor-address"));
  const set = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: t("js-editor-set") });
  form.append(field, set);
  const leave = () => view.focus();
  const apply = () => {
    const address = field.value.trim();
    const href = !address || /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : "https://" + address;
    let { tr } = view.state;
    if (!href) tr = tr.removeMark(from, to, marks.link);
    else if (empty) tr = tr.replaceSelectionWith(schema.text(href, [marks.link.create({ href })]), false);
    else tr = tr.addMark(from, to, marks.link.create({ href }));
    view.dispatch(tr);
    leave();
  };
  set.addEventListener("click", apply);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter") (event.preventDefault(), apply());
    if (event.key === "Escape") (event.preventDefault(), event.stopPropagation(), leave());
  });
  // It goes as soon as nobody is in it, however they left.
  form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || form.remove());
  view.dom.before(form);
  field.focus();
  field.select();
  return true;
}
