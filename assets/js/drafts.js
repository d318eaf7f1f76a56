// What is being written is kept twice: at once in this browser, and a moment later on the server, where it is found from elsewhere. A closed
// tab, a cut line and a restart lose nothing. Where two copies differ, the newer one stands in the form and the other is offered.

import { t } from "./words.js";

// What one person wrote never stands in the form of the next at the same machine.
const prefix = `lodge:draft:${document.documentElement.dataset.person ?? ""}:`;
const KEPT_MILLIS = 30 * 86_400_000;
const HERE_MILLIS = 250;
const THERE_MILLIS = 1200;
const timers = new WeakMap();
const exact = new Intl.DateTimeFormat(document.documentElement.lang || "en", { dateStyle: "medium", timeStyle: "short" });

const key = (form) => prefix + form.dataset.draft;
const mark = (form) => form.querySelector("[data-kept]");
const version = (form) => Number(mark(form)?.dataset.kept ?? 0);
const isText = (it) => it.localName === "textarea" || it.type === "text" || it.type === "email";

function values(form) {
  const all = [...form.elements].filter((it) => it.name && (isText(it) || (it.type === "radio" && it.checked)));
  return Object.fromEntries(all.map((it) => [it.name, it.value]));
}

const isEmpty = (form) => ![...form.elements].some((it) => it.name && isText(it) && it.value.trim());
const same = (one, other) => [...new Set([...Object.keys(one), ...Object.keys(other)])].every((it) => (one[it] ?? "") === (other[it] ?? ""));

function read(form) {
  try {
    const it = JSON.parse(localStorage.getItem(key(form)));
    return it && Date.now() - it.at < KEPT_MILLIS ? it : undefined;
  } catch {
    return undefined;
  }
}

function write(form, draft) {
  try {
    draft ? localStorage.setItem(key(form), JSON.stringify(draft)) : localStorage.removeItem(key(form));
  } catch {
    // A full or forbidden store: the words still stand in the form, and on the server.
  }
}

function say(form, text) {
  const state = form.querySelector("[data-draft-state]");
  if (state && state.textContent !== text) state.textContent = text;
}

function keepHere(form) {
  const empty = isEmpty(form);
  write(form, empty ? undefined : { at: Date.now(), values: values(form), base: version(form), synced: false });
  if (!mark(form)) return say(form, empty ? "" : t("draft-saved"));
  if (empty) say(form, "");
  clearTimeout(timers.get(form)?.there);
  timers.set(form, { ...timers.get(form), there: setTimeout(() => keepThere(form), THERE_MILLIS) });
}

const address = (form) => "/v1/me/drafts/" + encodeURIComponent(form.dataset.draft);

async function keepThere(form) {
  if (form.dataset.sent || !form.isConnected) return;
  const kept = values(form);
  const fields = Object.entries(kept).map(([name, value]) => ({ name, value: isEmpty(form) ? "" : value }));
  const asked = { method: "PUT", credentials: "same-origin", keepalive: true, headers: { "Content-Type": "application/json" } };
  const answer = await fetch(address(form), { ...asked, body: JSON.stringify({ fields, version: version(form) }) }).catch(() => null);
  // It was sent while this was on its way, and may have come there after it.
  if (form.dataset.sent) return answer?.ok ? drop(form.dataset.draft) : undefined;
  if (answer?.ok) {
    const view = await answer.json();
    mark(form).dataset.kept = view.version;
    if (view.version) write(form, { at: Date.now(), values: kept, base: view.version, synced: same(kept, values(form)) });
    return say(form, view.version ? t("draft-saved") : "");
  }
  if (answer?.status === 412) return meet(form);
  say(form, isEmpty(form) ? "" : t("draft-here"));
}

function drop(place) {
  fetch("/v1/me/drafts/" + encodeURIComponent(place), { method: "DELETE", credentials: "same-origin", keepalive: true }).catch(() => null);
}

// Another copy was saved elsewhere meanwhile: what stands here stays, and that one is offered.
async function meet(form) {
  const answer = await fetch(address(form), { credentials: "same-origin" }).catch(() => null);
  const there = answer?.ok ? await answer.json() : { version: 0, fields: [] };
  mark(form).dataset.kept = there.version;
  const other = Object.fromEntries(there.fields.map((it) => [it.name, it.value]));
  if (there.version && !same(other, values(form))) offer(form, { at: Date.parse(there.updatedAt), values: other });
  else if (!there.version) keepHere(form);
}

function fill(form, kept) {
  for (const [name, value] of Object.entries(kept)) {
    for (const it of form.elements) {
      if (it.name !== name) continue;
      if (it.type === "radio") it.checked = it.value === value;
      else if (isText(it) && it.value !== value) it.value = value;
    }
  }
}

// Whichever of two copies does not stand in the form can be had with one press, and back.
function offer(form, other) {
  form.querySelector(".other-draft")?.remove();
  const box = Object.assign(document.createElement("p"), { className: "other-draft" });
  box.setAttribute("role", "status");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: t("draft-take") });
  box.append(Object.assign(document.createElement("span"), { textContent: t("draft-other", { at: exact.format(other.at) }) }), button);
  let hidden = other.values;
  button.addEventListener("click", () => {
    const shown = values(form);
    fill(form, hidden);
    hidden = shown;
    button.textContent = button.textContent === t("draft-take") ? t("draft-back") : t("draft-take");
    keepHere(form);
  });
  (form.querySelector("textarea")?.closest(".field") ?? form.querySelector("textarea, .editor"))?.before(box);
}

function bringBack(form) {
  if (form.dataset.begun) return;
  form.dataset.begun = "yes";
  if (anew) return write(form, undefined);
  const here = read(form);
  const there = version(form);
  if (there && !here) return say(form, t("draft-saved"));
  if (!here) return;
  const shown = values(form);
  // The form was refused and shows what was just sent, or both are the same.
  if (same(here.values, { ...here.values, ...shown })) return say(form, t("draft-saved"));
  if (!mark(form)) return fill(form, here.values), say(form, t("draft-saved"));
  if (here.synced) {
    // What the server has is that copy or a later one; if it has none, that copy was sent or thrown away.
    if (!there) write(form, undefined);
    // The server draws what it knows of; the rest comes from here.
    else fill(form, Object.fromEntries(Object.entries(here.values).filter(([name]) => !shown[name])));
    return there ? say(form, t("draft-saved")) : undefined;
  }
  const at = Number(mark(form).dataset.keptAt ?? 0);
  const goesOn = here.base === there || !there;
  if (goesOn || here.at > at) {
    fill(form, here.values);
    if (!goesOn && there) offer(form, { at, values: shown });
    keepHere(form);
  } else offer(form, here);
  say(form, t("draft-saved"));
}

function all(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) bringBack(form);
}

function stop(form) {
  for (const it of Object.values(timers.get(form) ?? {})) clearTimeout(it);
  form.dataset.sent = "yes";
}

function discard(form) {
  stop(form);
  write(form, undefined);
}

// A form that leaves the page may not arrive: its words stay in this browser until the page that follows says that they did.
const LEFT = "lodge:left";

function leave(form) {
  stop(form);
  if (!isEmpty(form)) write(form, { at: Date.now(), values: values(form), base: version(form), synced: false });
  sessionStorage.setItem(LEFT, JSON.stringify({ place: form.dataset.draft, at: Date.now() }));
}

function arrive() {
  const { place, at } = JSON.parse(sessionStorage.getItem(LEFT) ?? "{}");
  sessionStorage.removeItem(LEFT);
  const form = place && document.querySelector(`form[data-draft="${CSS.escape(place)}"]`);
  if (!place || form || !document.querySelector('#toasts [data-tone="ok"]')) return;
  // What another page has begun there since is another matter; the server dropped its copy with what it took.
  const kept = JSON.parse(localStorage.getItem(prefix + place) ?? "{}");
  if (!(kept.at > at)) localStorage.removeItem(prefix + place);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  delete form.dataset.sent;
  clearTimeout(timers.get(form)?.here);
  timers.set(form, { ...timers.get(form), here: setTimeout(() => keepHere(form), HERE_MILLIS) });
});
document.addEventListener("lodge:swapped", (event) => all(event.target));
document.addEventListener("lodge:sent", (event) => event.target.dataset?.draft && discard(event.target));
// Somebody needs no longer what they had begun to write on another page.
document.addEventListener("submit", (event) => {
  const place = event.target.dataset.endsDraft;
  if (place) sessionStorage.setItem(LEFT, JSON.stringify({ place, at: Date.now() }));
});
document.addEventListener("submit", (event) => event.target.dataset.draft && !event.target.dataset.swap && leave(event.target));

// Somebody has said that a template may take the place of what they had begun. It is said once: what they write from here on stays.
const asked = new URL(location.href);
let anew = asked.searchParams.has("anew");
if (anew) {
  asked.searchParams.delete("anew");
  history.replaceState(history.state, "", asked);
}

arrive();
all(document);
anew = false;
