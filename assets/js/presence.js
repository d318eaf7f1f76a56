// Says which ticket is looked at and whether something is being written there, and that somebody sits before the page at all. Advice for
// colleagues: nothing depends on it, and it ends by itself when the page says nothing more.

const SAY_MILLIS = 20_000;
const TYPING_MILLIS = 4_000;
const ACTIVE_MILLIS = 300_000;
let looked;
let active = Date.now();
let typed = 0;
let typing;

const shown = () => document.querySelector("#ticket[data-open]")?.dataset.live?.split(":")[1];
const body = (more) => JSON.stringify({ active: Date.now() - active < ACTIVE_MILLIS, ...more });

function post(text) {
  fetch("/v1/presence", { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: text }).catch(() => {});
}

function say() {
  if (document.visibilityState === "hidden") return;
  const ticket = shown();
  if (looked && looked !== ticket) post(body({ ticket: looked, leaves: true }));
  looked = ticket;
  post(body({ ticket, typing: Date.now() - typed < TYPING_MILLIS * 2 ? typing : undefined }));
}

function leave() {
  if (!looked) return;
  navigator.sendBeacon("/v1/presence", new Blob([body({ ticket: looked, leaves: true })], { type: "application/json" }));
  looked = undefined;
}

for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, () => (active = Date.now()), { passive: true, capture: true });
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.id !== "composer" || event.target.localName !== "textarea" || !event.target.value.trim()) return;
  const now = form.elements.mode?.value === "note" ? "note" : "reply";
  const since = Date.now() - typed;
  if (now === typing && since < TYPING_MILLIS) return;
  typing = now;
  typed = Date.now();
  say();
});
document.addEventListener("lodge:sent", (event) => event.target.id === "composer" && ((typed = 0), say()));
document.addEventListener("lodge:swapped", () => shown() !== looked && say());
document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leave() : say()));
addEventListener("pagehide", leave);
setInterval(say, SAY_MILLIS);
say();
