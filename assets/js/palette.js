// Ctrl-K or ⌘-K: every place and every action by name. A ticket's number goes straight there.

import { act } from "./keys.js";
import { t } from "./words.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("ul");
const none = dialog?.querySelector(".none");
const usual = input?.placeholder;
const table = JSON.parse(document.getElementById("key-table")?.textContent ?? "[]");
const OFFERED_MAX = 40;
const NUMBER = /^#?(?:[a-z0-9]{1,16}-)?\d{1,18}$/i;
const PRESSES = { theme: '[data-toggle="theme"]', "sign-out": 'form[action="/sign-out"] button' };
let places = [];
let fetched;
// Only entries of this kind are offered.
let only = "";
let tickets = [];
let asking;
let asked = "";
let chosen = 0;

const ask = (query) =>
  fetch(dialog.dataset.source + query, { headers: { Accept: "application/json" } })
    .then((it) => (it.ok ? it.json() : []))
    .catch(() => []);

async function open(event) {
  if (dialog.open) return dialog.close();
  only = event?.detail ?? "";
  input.value = "";
  input.placeholder = input.dataset[only] ?? usual;
  chosen = 0;
  dialog.showModal();
  draw();
  // The macros are those of the ticket that is open.
  const [, number] = (document.querySelector("#ticket[data-open]")?.dataset.live ?? "").split(":");
  const query = number ? "?ticket=" + encodeURIComponent(number) : "";
  if (fetched === query) return;
  places = await ask(query);
  if (places.length) fetched = query;
  draw();
}

// Who types a number means a ticket; of which kind, the desk knows. Words may mean an article or a person.
function look() {
  const text = input.value.trim();
  if (text === asked) return;
  asked = text;
  tickets = [];
  asking = undefined;
  if (only || (text.length < 2 && !NUMBER.test(text))) return;
  const told = ask((NUMBER.test(text) ? "?number=" : "?find=") + encodeURIComponent(text)).then((found) => {
    if (asked !== text) return;
    tickets = found;
    asking = undefined;
    draw();
  });
  // Articles and people come behind, and nobody waits for them.
  if (NUMBER.test(text)) asking = told;
}

function offers() {
  const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (it) => words.every((word) => `${it.name} ${it.hint ?? ""} ${it.words ?? ""}`.toLowerCase().includes(word));
  if (only) return places.filter((it) => it.kind === only && fits(it)).slice(0, OFFERED_MAX);
  const actions = table
    .filter((it) => !["palette", "next", "previous", "open", "close", "send", "select"].includes(it.aim))
    .filter((it) => ["go-queues", "go-reports"].includes(it.aim) || document.querySelector(`[data-aim="${it.aim}"]`))
    .map((it) => ({ name: it.name, hint: it.keys, aim: it.aim }));
  const all = [...actions, ...places].filter(fits);
  all[NUMBER.test(asked) ? "unshift" : "push"](...tickets);
  if (words.length) all.push({ name: t("search-for", { words: input.value.trim() }), hint: t("hint-all-tickets"), href: "/agent/search?q=" + encodeURIComponent(input.value.trim()) });
  return all.slice(0, OFFERED_MAX);
}

function draw() {
  const all = offers();
  chosen = Math.min(chosen, Math.max(0, all.length - 1));
  list.replaceChildren(
    ...all.map((it, index) => {
      const option = Object.assign(document.createElement("li"), { id: "palette-" + index, role: "option" });
      option.setAttribute("aria-selected", index === chosen);
      option.append(Object.assign(document.createElement("span"), { textContent: it.name }));
      option.append(Object.assign(document.createElement("span"), { className: "hint", textContent: it.hint ?? "" }));
      option.onclick = () => follow(it);
      return option;
    }),
  );
  if (none) none.hidden = all.length > 0 || !places.length;
  if (all.length) input.setAttribute("aria-activedescendant", "palette-" + chosen);
  else input.removeAttribute("aria-activedescendant");
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
}

function follow(it) {
  dialog.close();
  if (it.aim) act(it.aim);
  else if (it.press) document.querySelector(PRESSES[it.press])?.click();
  else if (it.href) location.assign(it.href);
}

// Only where somebody is about to write a query is it offered what may follow.
document.addEventListener("focusin", (event) => event.target.closest?.("[data-complete]") && import("./complete.js"));

if (dialog) {
  document.addEventListener("lodge:palette", open);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]") || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  input.addEventListener("input", () => ((chosen = 0), look(), draw()));
  input.addEventListener("keydown", async (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      chosen = (chosen + by + offers().length) % Math.max(1, offers().length);
      draw();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      // Whoever types quickly is there before the answer is.
      await asking;
      const it = offers()[chosen];
      if (it) follow(it);
    }
  });
}
