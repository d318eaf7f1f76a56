// What is pasted or dropped. HTML of Word, Outlook, Google and mail programs becomes the plain structure it stands for; pictures become
// files of the form and stand in the text.

import { filesThere } from "./pictures.js";
import { schema } from "./schema.js";

const DROPPED = "style, script, meta, link, title, head, o\\:p, xml, button, input, select, svg";
// So much is looked at; what is longer comes as text.
const HTML_LENGTH_MAX = 2_000_000;

/** Pasted HTML as the editor takes it. */
export function cleaned(html) {
  if (html.length > HTML_LENGTH_MAX) return "";
  const page = new DOMParser().parseFromString(quieted(html), "text/html");
  const body = page.body;
  for (const it of body.querySelectorAll(DROPPED)) it.remove();
  for (const it of [...walk(body, NodeFilter.SHOW_COMMENT)]) it.remove();
  listsOfWord(body);
  meanings(body);
  // Pictures of a mail program lie in its own files, and those of a page are its own.
  for (const it of body.querySelectorAll("img")) if (!/^https?:/.test(it.getAttribute("src") ?? "")) it.remove();
  for (const it of body.querySelectorAll("a[href]")) if (!/^(https?|mailto|tel):/i.test(it.getAttribute("href"))) it.replaceWith(...it.childNodes);
  tables(body);
  return body.innerHTML;
}

// The page's policy forbids styles and scripts within HTML, even in a document that nobody shows: what they say is kept, they are not.
function quieted(html) {
  const bare = html.replace(/<(style|script)\b[^]*?<\/\1\s*>/gi, "");
  return bare.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\s(style|on[a-z]+)(?=\s*=)/gi, " data-$1"));
}

const styleOf = (it) => it.dataset.style ?? "";

// Some programs say by a style what others say by an element, and some say by a style that the element is not meant.
function meanings(body) {
  for (const it of body.querySelectorAll("b, strong")) if (/font-weight:\s*(normal|400)/i.test(styleOf(it))) it.replaceWith(...it.childNodes);
  const says = [["strong", /font-weight:\s*(bold|[6-9]00)/i], ["em", /font-style:\s*italic/i], ["s", /text-decoration[a-z-]*:[^;]*line-through/i]];
  for (const it of body.querySelectorAll("span[data-style], font[data-style]")) {
    for (const [name, pattern] of says) {
      if (!pattern.test(styleOf(it))) continue;
      const inner = body.ownerDocument.createElement(name);
      inner.append(...it.childNodes);
      it.append(inner);
    }
  }
}

function* walk(root, what) {
  const walker = root.ownerDocument.createTreeWalker(root, what);
  while (walker.nextNode()) yield walker.currentNode;
}

// Word writes a list as paragraphs that say their level and carry their own bullets.
function listsOfWord(body) {
  let open = [];
  for (const it of [...body.querySelectorAll("p")]) {
    const level = Number(/mso-list:[^;"]*level(\d+)/i.exec(styleOf(it))?.[1] ?? 0);
    if (!level) {
      open = [];
      continue;
    }
    const bullet = [...it.querySelectorAll("span")].find((span) => /mso-list:\s*ignore/i.test(styleOf(span)));
    const ordered = /^[\s(]*([0-9]+|[a-z]|[ivxlc]+)[.)]/i.test(bullet?.textContent ?? "");
    bullet?.remove();
    if (open.length && it.previousSibling && !blank(it.previousSibling) && it.previousSibling !== open[0]) open = [];
    open.length = Math.min(open.length, level);
    while (open.length < level) {
      const list = body.ownerDocument.createElement(ordered ? "ol" : "ul");
      const above = open.at(-1);
      if (!above) it.before(list);
      else (above.lastElementChild ?? above.appendChild(body.ownerDocument.createElement("li"))).append(list);
      open.push(list);
    }
    const item = body.ownerDocument.createElement("li");
    item.append(...it.childNodes);
    open.at(-1).append(item);
    it.remove();
  }
}

function blank(node) {
  if (node.nodeType !== Node.TEXT_NODE) return false;
  if (node.textContent.trim()) return false;
  return !node.previousSibling || node.previousSibling.matches?.("ul, ol") || blank(node.previousSibling);
}

// A table with one cell or none of its own is the frame of a mail, not a table. In others, joined cells come apart.
function tables(body) {
  for (const table of [...body.querySelectorAll("table")].reverse()) {
    const rows = [...table.rows];
    const widest = Math.max(0, ...rows.map((it) => it.cells.length));
    if (widest < 2 || table.querySelector("table, ul, ol, p + p, h1, h2, h3, blockquote")) {
      const parts = rows.flatMap((row) => [...row.cells].map((cell) => Object.assign(body.ownerDocument.createElement("div"), { innerHTML: cell.innerHTML })));
      table.replaceWith(...parts);
      continue;
    }
    for (const row of rows) {
      for (const cell of [...row.cells]) {
        for (let more = Math.min(cell.colSpan, 50); more > 1; more--) cell.after(body.ownerDocument.createElement(cell.localName));
        cell.removeAttribute("colspan");
        cell.removeAttribute("rowspan");
        for (const block of [...cell.querySelectorAll("p, div")]) block.replaceWith(...block.childNodes);
      }
      while (row.cells.length < widest) row.append(body.ownerDocument.createElement("td"));
    }
  }
}

/** Takes files that were pasted or dropped on the text: they go into the form, and pictures stand in the text. False: nothing was done. */
export function insertFiles(area, view, from) {
  const files = [...(from?.files ?? [])];
  const input = area.form?.querySelector("input[type=file]");
  // Word puts a picture of the text beside the text.
  if (!files.length || !input || from.types.includes("text/html")) return false;
  const all = new DataTransfer();
  for (const file of input.files) all.items.add(file);
  let { tr } = view.state;
  for (const file of files) {
    const kept = file.type.startsWith("image/") ? named(file, all, area.form) : file;
    all.items.add(kept);
    if (kept !== file || file.type.startsWith("image/")) tr = tr.replaceSelectionWith(schema.nodes.image.create({ src: kept.name, alt: "" }), false);
  }
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  view.dispatch(tr.scrollIntoView());
  return true;
}

// A name that no other file of the message or article has, without signs that mean something in an address.
function named(file, all, form) {
  const kind = file.type.slice(6).replace("jpeg", "jpg").replace(/\W.*/, "");
  const taken = new Set([...[...all.files].map((it) => it.name), ...Object.keys(filesThere(form))]);
  let number = all.items.length + 1;
  while (taken.has(`picture-${number}.${kind}`)) number += 1;
  return new File([file], `picture-${number}.${kind}`, { type: file.type });
}
