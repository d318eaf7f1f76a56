// Lists that open while somebody types: `@` people, `::` canned texts, `??` articles. Where a textarea names a source of them, as
// `data-mentions`, `data-snippets` or `data-articles`, the source is asked with `q` and answers [{ label, hint?, insert }], `insert` in Markdown.

import { Plugin, PluginKey } from "prosemirror-state";
import { read } from "./markdown.js";
import { schema } from "./schema.js";

const SOURCES = [
  { attribute: "mentions", sign: "@", before: /(?:^|[\s(])@([\p{L}\p{N}._-]{0,40})$/u },
  { attribute: "snippets", sign: "::", before: /(?:^|[\s(])::([^:\n]{0,40})$/u },
  { attribute: "articles", sign: "??", before: /(?:^|[\s(])\?\?([^?\n]{0,60})$/u },
];
const OFFERED_MAX = 8;
const PAUSE_MILLIS = 80;
const key = new PluginKey("completion");

/** The plugin for the sources that a textarea names. */
export function completion(area) {
  const sources = SOURCES.filter((it) => area.dataset[it.attribute]);
  return new Plugin({
    key,
    view: (view) => (view.completion = new Offers(view, area, sources)),
    props: {
      handleKeyDown: (view, event) => view.completion?.key(event) ?? false,
      handleDOMEvents: { blur: (view) => (view.completion?.close(), false) },
    },
  });
}

class Offers {
  constructor(view, area, sources) {
    Object.assign(this, { view, area, sources, offers: [], chosen: 0, asked: 0 });
    this.list = document.createElement("ul");
    this.list.className = "offers";
    this.list.id = (area.id || "text") + "-offers";
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    view.dom.after(this.list);
  }

  update(view, before) {
    if (before && before.doc.eq(view.state.doc) && before.selection.eq(view.state.selection)) return;
    const found = this.found();
    if (!found) return this.close();
    clearTimeout(this.pending);
    this.pending = setTimeout(() => this.ask(found), PAUSE_MILLIS);
  }

  found() {
    const { $from, empty } = this.view.state.selection;
    if (!empty || !$from.parent.isTextblock || $from.parent.type === schema.nodes.code_block) return undefined;
    const text = $from.parent.textBetween(Math.max(0, $from.parentOffset - 80), $from.parentOffset, undefined, "\ufffc");
    for (const source of this.sources) {
      const match = source.before.exec(text);
      if (match) return { source, query: match[1], from: $from.pos - match[1].length - source.sign.length, to: $from.pos };
    }
    return undefined;
  }

  async ask(found) {
    const number = ++this.asked;
    const address = new URL(this.area.dataset[found.source.attribute], location.href);
    address.searchParams.set("q", found.query);
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => undefined);
    const offers = answer?.ok ? await answer.json().catch(() => []) : [];
    // Who typed on meanwhile is answered by the next question.
    if (number !== this.asked || this.found()?.from !== found.from) return;
    this.range = found;
    this.offers = offers.slice(0, OFFERED_MAX);
    this.chosen = 0;
    this.draw();
  }

  draw() {
    this.list.hidden = !this.offers.length;
    this.list.replaceChildren(...this.offers.map((it, index) => {
      const option = Object.assign(document.createElement("li"), { id: `${this.list.id}-${index}` });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(index === this.chosen));
      option.append(Object.assign(document.createElement("span"), { textContent: it.label }));
      if (it.hint) option.append(Object.assign(document.createElement("small"), { textContent: it.hint }));
      option.addEventListener("pointerdown", (event) => (event.preventDefault(), this.take(index)));
      return option;
    }));
    if (!this.offers.length) return this.view.dom.removeAttribute("aria-activedescendant");
    this.view.dom.setAttribute("aria-controls", this.list.id);
    this.view.dom.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
    this.list.children[this.chosen]?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.list.hidden) return false;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      this.chosen = (this.chosen + by + this.offers.length) % this.offers.length;
      this.draw();
      return true;
    }
    if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") return this.take(this.chosen), true;
    if (event.key !== "Escape") return false;
    this.close();
    // The field is not left by the key that closes its list.
    event.stopPropagation();
    return true;
  }

  take(index) {
    const offer = this.offers[index];
    const { from } = this.range;
    const { to } = this.view.state.selection;
    this.close();
    const text = read(offer.insert);
    const inline = text.childCount === 1 && text.firstChild.type === schema.nodes.paragraph;
    const tr = inline ? this.view.state.tr.replaceWith(from, to, text.firstChild.content) : this.view.state.tr.replaceRange(from, to, text.slice(0, text.content.size));
    this.view.dispatch(inline ? tr.insertText(" ").scrollIntoView() : tr.scrollIntoView());
    this.view.focus();
  }

  close() {
    clearTimeout(this.pending);
    this.asked += 1;
    this.offers = [];
    this.list.hidden = true;
    this.view.dom.removeAttribute("aria-activedescendant");
  }

  destroy() {
    clearTimeout(this.pending);
    this.list.remove();
  }
}
