// Ctrl-K or ⌘-K: every place and every action by name. A ticket's number goes straight there.

import { act } from "./keys.js";
import { t } from "./words.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("ul");
const table = JSON.parse(document.getElementById("key-table")?.textContent ?? "[]");
const OFFERED_MAX = 40;
let places;
let chosen = 0;

async function open() {
  if (dialog.open) return dialog.close();
  input.value = "";
  dialog.showModal();
  draw();
  if (places) return;
  places = await fetch(dialog.dataset.source, { headers: { Accept: "application/json" } })
    .then((it) => (it.ok ? it.json() : []))
    .catch(() => []);
  draw();
}

function offers() {
  const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const actions = table
    .filter((it) => !["palette", "next", "previous", "open", "close", "send", "select"].includes(it.aim) && document.querySelector(`[data-aim="${it.aim}"]`))
    .map((it) => ({ name: it.name, hint: it.keys, aim: it.aim }));
  const all = [...actions, ...(places ?? [])].filter((it) => words.every((word) => (it.name + " " + (it.hint ?? "")).toLowerCase().includes(word)));
  const number = input.value.trim().match(/^(?:([a-z]{2,5})-)?0*(\d{1,12})$/i);
  if (number) {
    const full = `${(number[1] ?? "INC").toUpperCase()}-${number[2].padStart(6, "0")}`;
    all.unshift({ name: t("go-to", { number: full }), hint: t("hint-ticket"), href: "/agent/tickets/" + full });
  }
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
  if (all.length) input.setAttribute("aria-activedescendant", "palette-" + chosen);
  else input.removeAttribute("aria-activedescendant");
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
}

function follow(it) {
  dialog.close();
  if (it.aim) act(it.aim);
  else if (it.href) location.assign(it.href);
}

if (dialog) {
  document.addEventListener("lodge:palette", open);
  input.addEventListener("input", () => ((chosen = 0), draw()));
  input.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = offers();
    if (by) {
      event.preventDefault();
      chosen = (chosen + by + all.length) % Math.max(1, all.length);
      draw();
    } else if (event.key === "Enter" && all[chosen]) {
      event.preventDefault();
      follow(all[chosen]);
    }
  });
}
