// Moving through a list without the mouse. The focus is the place in the list; the open ticket follows it.

import { go, prefetch } from "./lodge.js";

function rows() {
  return [...document.querySelectorAll("[data-list] [data-row]")];
}

function here(all) {
  const row = document.activeElement?.closest?.("li");
  const focused = all.findIndex((it) => row?.contains(it));
  return focused >= 0 ? focused : all.findIndex((it) => it.getAttribute("aria-current"));
}

/** Moves by so many rows; an open ticket beside the list changes along. */
export function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = here(all);
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  next.focus({ preventScroll: true });
  next.closest("li").scrollIntoView({ block: "nearest" });
  if (document.querySelector("#ticket[data-open]") && next.dataset.swap) go(next.href, next.dataset.swap.split(" "), { replace: true });
  neighbours();
}

/** Selects the row at hand, or takes it back. */
export function pick() {
  const all = rows();
  const row = all[here(all)]?.closest("li");
  row?.querySelector(".pick")?.click();
}

export function open() {
  const all = rows();
  all[here(all)]?.click();
}

function neighbours() {
  if (!document.querySelector("#ticket[data-open]")) return;
  const all = rows();
  const at = here(all);
  for (const it of [all[at + 1], all[at - 1], all[at + 2]]) if (it?.dataset.swap) prefetch(it.href, it.dataset.swap.split(" "));
}

function tell() {
  const count = document.querySelectorAll(".pick:checked").length;
  for (const it of document.querySelectorAll("[data-picked]")) it.textContent = count;
}

let last;
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-unpick]")) {
    for (const it of document.querySelectorAll(".pick:checked")) it.checked = false;
    return tell();
  }
  const box = event.target.closest(".pick");
  if (!box) return;
  const all = [...document.querySelectorAll(".pick")];
  if (event.shiftKey && last?.isConnected) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const it of all.slice(from, to + 1)) it.checked = box.checked;
  }
  last = box;
  tell();
});
document.addEventListener("lodge:swapped", () => (tell(), neighbours()));
tell();
if ("requestIdleCallback" in window) requestIdleCallback(neighbours);
else setTimeout(neighbours, 200);
