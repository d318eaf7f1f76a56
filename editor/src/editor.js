// A textarea becomes an editor of formatted text. The textarea stays in its form and stays true: it holds the Markdown that is sent, and
// whoever sets its value (a draft that comes back, a refusal) changes what the editor shows. Only this file is imported from outside.

import { baseKeymap, chainCommands, exitCode, toggleMark } from "prosemirror-commands";
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { liftListItem, sinkListItem, splitListItem } from "prosemirror-schema-list";
import { EditorState, Plugin, Selection } from "prosemirror-state";
import { goToNextCell, tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { completion } from "./completion.js";
import { markdownAsTyped } from "./input.js";
import { read, write } from "./markdown.js";
import { cleaned, insertFiles } from "./paste.js";
import { pictureViews } from "./pictures.js";
import { schema } from "./schema.js";
import { editLink, toolbar } from "./toolbar.js";

const editors = new WeakMap();

/** Puts an editor in place of a textarea and gives its handle; one that has an editor keeps it. `t` gives the words for people. */
export function edit(area, { t }) {
  const known = editors.get(area);
  if (known) return known;
  const handle = new Editor(area, t);
  editors.set(area, handle);
  return handle;
}

class Editor {
  constructor(area, t) {
    this.area = area;
    this.t = t;
    this.written = area.value;
    this.frame = Object.assign(document.createElement("div"), { className: "editor" });
    const had = document.activeElement === area ? area.selectionStart : undefined;
    this.view = new EditorView(this.frame, {
      state: this.state(read(area.value)),
      attributes: () => ({ role: "textbox", "aria-multiline": "true", "aria-label": labelOf(area), ...described(area), "data-placeholder": area.placeholder, id: area.id && area.id + "-editor" }),
      nodeViews: pictureViews(() => area.form),
      transformPastedHTML: cleaned,
      clipboardTextSerializer: (slice) => write(schema.topNodeType.create(null, slice.content.firstChild?.isInline ? schema.nodes.paragraph.create(null, slice.content) : slice.content)),
      handlePaste: (view, event) => insertFiles(area, view, event.clipboardData),
      handleDrop: (view, event) => insertFiles(area, view, event.dataTransfer),
      handleClick: (view, _, event) => followed(event),
      // Keys that send and leave belong to the page.
      handleDOMEvents: { keydown: (view, event) => (event.key === "Enter" && (event.ctrlKey || event.metaKey)) || (event.key === "Escape" && !this.frame.querySelector(".offers:not([hidden])")) },
      dispatchTransaction: (transaction) => this.apply(transaction),
    });
    this.bar = toolbar(this.view, t, () => this.toSource());
    this.frame.prepend(this.bar.dom);
    area.after(this.frame);
    area.hidden = true;
    this.stand();
    this.watch();
    if (had !== undefined) this.focusAt(had);
  }

  state(doc) {
    const item = schema.nodes.list_item;
    return EditorState.create({
      doc,
      plugins: [
        completion(this.area),
        markdownAsTyped(),
        keymap({
          "Mod-z": undo,
          "Shift-Mod-z": redo,
          "Mod-y": redo,
          "Mod-b": toggleMark(schema.marks.strong),
          "Mod-i": toggleMark(schema.marks.em),
          "Mod-e": toggleMark(schema.marks.code),
          "Mod-Shift-x": toggleMark(schema.marks.strike),
          "Mod-Shift-k": (state, dispatch, view) => editLink(view, this.t),
          "Shift-Enter": chainCommands(exitCode, lineBreak),
          Enter: splitListItem(item),
          Tab: chainCommands(goToNextCell(1), sinkListItem(item)),
          "Shift-Tab": chainCommands(goToNextCell(-1), liftListItem(item)),
        }),
        keymap(baseKeymap),
        history(),
        dropCursor({ class: "drop-cursor", color: false }),
        gapCursor(),
        tableEditing(),
        placeholder(),
        new Plugin({ view: () => ({ update: () => this.bar?.update() }) }),
      ],
    });
  }

  apply(transaction) {
    this.view.updateState(this.view.state.apply(transaction));
    if (!transaction.docChanged) return;
    this.written = write(this.view.state.doc);
    own.set.call(this.area, this.written);
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Scripts speak to the textarea; what they say reaches the editor.
  stand() {
    const editor = this;
    Object.defineProperties(this.area, {
      value: {
        configurable: true,
        get: () => own.get.call(editor.area),
        set: (text) => editor.fill(text),
      },
      focus: { configurable: true, value: () => editor.view.focus() },
      setSelectionRange: { configurable: true, value: (from) => editor.focusAt(from, false) },
    });
  }

  watch() {
    this.reset = () => queueMicrotask(() => this.fill(this.area.defaultValue));
    this.invalid = (event) => (event.preventDefault(), this.view.focus(), this.frame.setAttribute("data-invalid", ""));
    // A browser puts the caret elsewhere when a form changes its place on the page.
    this.moving = () => (this.kept = this.view.hasFocus() ? this.view.state.selection : undefined);
    this.moved = () => this.kept && (this.view.dispatch(this.view.state.tr.setSelection(this.kept)), this.view.focus());
    this.area.form?.addEventListener("reset", this.reset);
    this.area.form?.addEventListener("lodge:moving", this.moving);
    this.area.form?.addEventListener("lodge:moved", this.moved);
    this.area.addEventListener("invalid", this.invalid);
    this.area.addEventListener("input", () => this.frame.removeAttribute("data-invalid"));
  }

  fill(text) {
    own.set.call(this.area, text);
    if (text === this.written) return;
    this.written = text;
    this.view.updateState(this.state(read(text)));
    this.bar.update();
  }

  /** Puts the caret where it stood in the Markdown, as nearly as it can be told: at the end, or after the same words. */
  focusAt(offset, grab = true) {
    const { doc, tr } = this.view.state;
    const whole = own.get.call(this.area);
    const part = offset >= whole.length ? doc.content.size : read(whole.slice(0, offset)).content.size;
    const selection = Selection.near(doc.resolve(Math.min(part, doc.content.size)), -1);
    this.view.dispatch(tr.setSelection(selection).scrollIntoView());
    if (grab) this.view.focus();
  }

  /** Inserts Markdown where the caret stands. */
  insert(text) {
    const { state } = this.view;
    const slice = read(text).slice(0);
    const inline = slice.content.childCount === 1 && slice.content.firstChild.type === schema.nodes.paragraph;
    const content = inline ? slice.content.firstChild.content : slice.content;
    this.view.dispatch(state.tr.replaceWith(state.selection.from, state.selection.to, content).scrollIntoView());
    this.view.focus();
  }

  /** Back to the textarea with its Markdown. */
  toSource() {
    this.close();
    this.area.dispatchEvent(new CustomEvent("lodge:source", { bubbles: true }));
    this.area.focus();
  }

  close() {
    for (const name of ["value", "focus", "setSelectionRange"]) delete this.area[name];
    this.area.form?.removeEventListener("reset", this.reset);
    this.area.form?.removeEventListener("lodge:moving", this.moving);
    this.area.form?.removeEventListener("lodge:moved", this.moved);
    this.area.removeEventListener("invalid", this.invalid);
    this.view.destroy();
    this.frame.remove();
    this.area.hidden = false;
    editors.delete(this.area);
  }
}

const own = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value");

function labelOf(area) {
  return [...(area.labels ?? [])].map((it) => it.textContent.trim()).join(" ") || area.getAttribute("aria-label") || area.placeholder;
}

function described(area) {
  const by = area.getAttribute("aria-describedby");
  return by ? { "aria-describedby": by, "aria-invalid": "true" } : {};
}

// Within a text that is being written a link is a text; with Ctrl or ⌘ it is followed.
function followed(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || !(event.ctrlKey || event.metaKey)) return false;
  window.open(link.href, "_blank", "noopener,noreferrer");
  return true;
}

function lineBreak(state, dispatch) {
  dispatch?.(state.tr.replaceSelectionWith(schema.nodes.hard_break.create()).scrollIntoView());
  return true;
}

function placeholder() {
  return new Plugin({
    props: {
      attributes: ({ doc }) => {
        const empty = doc.childCount === 1 && doc.firstChild.isTextblock && doc.firstChild.content.size === 0;
        return { class: empty ? "prose empty" : "prose" };
      },
    },
  });
}
