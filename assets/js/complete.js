// The search box of the console offers fields and values of the query language while one types. Without this file it is a plain box.

import { t } from "./words.js";

const PAUSE_MILLIS = 120;
let pending;
let place = {};

const boxOf = (event) => event.target.closest?.("[data-complete] input[name=q]");

function listOf(input) {
  let it = input.parentElement.querySelector("[role=listbox]");
  if (it) return it;
  it = Object.assign(document.createElement("ul"), { id: "query-list", className: "caller-list", hidden: true });
  it.setAttribute("role", "listbox");
  it.setAttribute("aria-label", t("query-offers"));
  input.after(it);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": it.id, "aria-autocomplete": "list", "aria-expanded": "false" })) input.setAttribute(name, value);
  return it;
}

function show(input, open) {
  listOf(input).hidden = !open;
  input.setAttribute("aria-expanded", open);
  if (!open) input.removeAttribute("aria-activedescendant");
}

const marked = (list) => [...list.children].findIndex((it) => it.ariaSelected === "true");

function mark(input, at) {
  const all = [...listOf(input).children];
  const next = (at + all.length) % all.length;
  all.forEach((it, index) => (it.ariaSelected = index === next));
  input.setAttribute("aria-activedescendant", all[next].id);
  all[next].scrollIntoView({ block: "nearest" });
}

function choose(input, offer) {
  const letters = [...input.value];
  const before = letters.slice(0, place.from).join("") + offer.insert;
  input.value = before + letters.slice(place.to).join("");
  input.setSelectionRange(before.length, before.length);
  show(input, false);
  if (offer.insert.endsWith(":")) look(input);
}

async function look(input) {
  const asked = input.value;
  const at = [...asked.slice(0, input.selectionStart)].length;
  const answer = await fetch(`/agent/search/complete?q=${encodeURIComponent(asked)}&at=${at}`).catch(() => undefined);
  if (!answer?.ok || input.value !== asked || document.activeElement !== input) return;
  place = await answer.json();
  const list = listOf(input);
  list.replaceChildren(
    ...place.items.map((it, index) => {
      const option = Object.assign(document.createElement("li"), { id: "query-" + index, role: "option", textContent: it.label });
      option.ariaSelected = false;
      if (it.hint) option.append(Object.assign(document.createElement("span"), { className: "hint", textContent: it.hint }));
      option.onmousedown = (event) => (event.preventDefault(), choose(input, it));
      return option;
    }),
  );
  show(input, place.items.length > 0);
}

document.addEventListener("input", (event) => {
  const input = boxOf(event);
  if (!input) return;
  clearTimeout(pending);
  pending = setTimeout(() => look(input), PAUSE_MILLIS);
});
document.addEventListener("keydown", (event) => {
  const input = boxOf(event);
  if (!input || listOf(input).hidden) return;
  const list = listOf(input);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) mark(input, marked(list) < 0 && by < 0 ? -1 : marked(list) + by);
  else if (event.key === "Enter" && marked(list) >= 0) choose(input, place.items[marked(list)]);
  else if (event.key === "Escape") show(input, false);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
document.addEventListener("focusout", (event) => {
  const input = boxOf(event);
  if (input) show(input, false);
});
