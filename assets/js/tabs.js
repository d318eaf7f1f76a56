// Tickets that are kept open: each comes back where its reader was in it, also after a reload. Which ones are open the server knows.

const prefix = "lodge:scroll:";
const KEPT_MAX = 24;
let here;

const scroll = () => document.querySelector("#ticket [data-scroll]");
const isKept = () => Boolean(document.querySelector(".open-tab[data-current]"));

function keep() {
  const it = scroll();
  if (!it || !isKept()) return;
  try {
    localStorage.setItem(prefix + it.dataset.scroll, JSON.stringify({ at: Date.now(), top: Math.round(it.scrollTop) }));
    const all = Object.keys(localStorage).filter((it) => it.startsWith(prefix));
    if (all.length <= KEPT_MAX) return;
    const ages = all.map((it) => [JSON.parse(localStorage.getItem(it))?.at ?? 0, it]).sort((a, b) => a[0] - b[0]);
    for (const [, it] of ages.slice(0, all.length - KEPT_MAX)) localStorage.removeItem(it);
  } catch {
    // A full or forbidden store: the ticket opens at its newest message.
  }
}

function bringBack() {
  const it = scroll();
  if (!it || it.dataset.scroll === here) return;
  here = it.dataset.scroll;
  if (!isKept()) return;
  try {
    const kept = JSON.parse(localStorage.getItem(prefix + here));
    // Something to be read goes before where one was.
    if (kept && !it.querySelector("[data-unread]")) it.scrollTop = kept.top;
  } catch {
    localStorage.removeItem(prefix + here);
  }
}

let pending;
document.addEventListener("scroll", (event) => event.target.dataset?.scroll && (clearTimeout(pending), (pending = setTimeout(keep, 200))), { capture: true, passive: true });
document.addEventListener("lodge:swapped", bringBack);
bringBack();
