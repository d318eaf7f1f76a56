// For whom a ticket is: people are offered while a name, an address, a number or an organization is typed. Without this file the form asks
// once more, with whom it found.

import { t } from "./words.js";

const PAUSE_MILLIS = 140;
const LENGTH_MIN = 2;
let pending;

const parts = (box) => ({ input: box.querySelector("[name=requester]"), chosen: box.querySelector("[data-caller-chosen]") });

function list(box) {
  const { input } = parts(box);
  let it = box.querySelector("[role=listbox]");
  if (it) return it;
  it = Object.assign(document.createElement("ul"), { id: "caller-list", className: "caller-list", hidden: true });
  it.setAttribute("role", "listbox");
  it.setAttribute("aria-label", t("caller-people"));
  input.after(it);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": it.id, "aria-autocomplete": "list", "aria-expanded": "false" })) input.setAttribute(name, value);
  return it;
}

function close(box) {
  const { input } = parts(box);
  list(box).hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function mark(box, at) {
  const { input } = parts(box);
  const all = [...list(box).children];
  const next = (at + all.length) % Math.max(1, all.length);
  all.forEach((it, index) => it.setAttribute("aria-selected", index === next));
  if (all[next]) input.setAttribute("aria-activedescendant", all[next].id);
  all[next]?.scrollIntoView({ block: "nearest" });
}

const marked = (box) => [...list(box).children].findIndex((it) => it.getAttribute("aria-selected") === "true");

/** Whom the form means now: somebody who is known, or nobody yet. */
function mean(box, id) {
  let { chosen } = parts(box);
  box.querySelector("[data-caller-found]")?.remove();
  if (!chosen) {
    chosen = Object.assign(document.createElement("input"), { type: "hidden", name: "person" });
    chosen.dataset.callerChosen = "";
    box.append(chosen);
  }
  chosen.value = id;
}

function choose(box, offer) {
  const { input } = parts(box);
  close(box);
  if (offer.id) {
    input.value = offer.name;
    mean(box, offer.id);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  const typed = input.value.trim();
  const details = box.querySelector("details");
  const field = /^[\d+\-/().\s]+$/.test(typed) ? "newPhone" : typed.includes("@") ? "newEmail" : "newName";
  details.open = true;
  const into = details.querySelector(`[name=${field}]`);
  if (!into.value) into.value = typed;
  input.value = "";
  mean(box, "");
  const empty = [...details.querySelectorAll("input")].find((it) => !it.value);
  (empty ?? into).focus();
}

function draw(box, offers) {
  const { input } = parts(box);
  // Where nobody is added, only those are offered who are known.
  const all = box.querySelector("details") ? [...offers, { name: t("caller-add", { name: input.value.trim() }), hint: "" }] : offers;
  if (!all.length) return close(box);
  const ul = list(box);
  ul.replaceChildren(
    ...all.map((it, index) => {
      const option = Object.assign(document.createElement("li"), { id: "caller-" + index });
      option.setAttribute("role", "option");
      option.append(Object.assign(document.createElement("span"), { textContent: it.name }));
      option.append(Object.assign(document.createElement("span"), { className: "hint", textContent: it.hint }));
      // The field keeps the focus while somebody presses.
      option.onpointerdown = (event) => event.preventDefault();
      option.onclick = () => choose(box, it);
      return option;
    }),
  );
  ul.hidden = false;
  input.setAttribute("aria-expanded", "true");
  mark(box, 0);
}

async function look(box) {
  const { input } = parts(box);
  const asked = input.value.trim();
  if (asked.length < LENGTH_MIN) return close(box);
  const answer = await fetch(`${box.dataset.caller}?q=${encodeURIComponent(asked)}`, { headers: { Accept: "application/json" } }).catch(() => undefined);
  // Who typed on meanwhile gets the answer to that.
  if (answer?.ok && input.value.trim() === asked && document.activeElement === input) draw(box, await answer.json());
}

const boxOf = (event) => (event.target.name === "requester" ? event.target.closest("[data-caller]") : undefined);

document.addEventListener("input", (event) => {
  const box = boxOf(event);
  if (!box) return;
  mean(box, "");
  list(box);
  clearTimeout(pending);
  pending = setTimeout(() => look(box), PAUSE_MILLIS);
});
document.addEventListener("keydown", (event) => {
  const box = boxOf(event);
  if (!box || list(box).hidden) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) mark(box, marked(box) + by);
  else if (event.key === "Enter" && marked(box) >= 0) list(box).children[marked(box)].click();
  else if (event.key === "Escape") close(box);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
document.addEventListener("focusout", (event) => {
  const box = boxOf(event);
  if (box && box.querySelector("[role=listbox]")) close(box);
});
