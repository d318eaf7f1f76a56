// What every page has: fragments instead of page loads, toasts, times in the reader's zone, the theme.
// Every link and form also works without this file; here they only become quicker.

import { t } from "./words.js";

const cache = new Map();
const swaps = new Map();
const CACHE_MILLIS = 15_000;

/** Fetches parts of a page of this desk as a document. A prefetched one is used once, while it is fresh. */
export async function page(url, ids, options = {}) {
  const key = keyOf(url, ids);
  const early = options.method ? undefined : cache.get(key);
  cache.delete(key);
  if (early && Date.now() - early.at < CACHE_MILLIS) {
    const answer = await early.answer;
    if (answer) return answer;
  }
  return request(url, ids, options);
}

/** Fetches parts of a page before they are asked for. */
export function prefetch(url, ids) {
  const key = keyOf(url, ids);
  const early = cache.get(key);
  if (early && Date.now() - early.at < CACHE_MILLIS) return;
  if (cache.size > 12) cache.delete(cache.keys().next().value);
  cache.set(key, { at: Date.now(), answer: request(url, ids, {}).catch(() => null) });
}

/** Something changed: what was fetched early may be old. */
export function forget() {
  cache.clear();
}

function keyOf(url, ids) {
  return new URL(url, location.href).href + " " + ids.join(" ");
}

async function request(url, ids, options) {
  // The server draws only these parts; a list beside a ticket is no heading of the page.
  const parts = document.getElementById("ticket") ? [...ids, "beside"] : ids;
  const response = await fetch(url, { credentials: "same-origin", ...options, headers: { "Lodge-Fragment": parts.join(" "), ...options.headers } });
  if (response.status === 401) {
    location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
    return new Promise(() => {});
  }
  const html = (response.headers.get("Content-Type") ?? "").startsWith("text/html");
  const text = html ? await response.text() : "";
  return { ok: response.ok, status: response.status, url: response.url, document: new DOMParser().parseFromString(text, "text/html") };
}

/** Puts the elements with these ids from one document in place of those on the page. Focus, scroll and every form that somebody is
 *  filling in stay as they are, except the one that was just `sent`. */
export function swap(from, ids, sent) {
  const changed = [];
  for (const id of ids) {
    const old = document.getElementById(id);
    const fresh = from.getElementById(id);
    if (!old || !fresh) continue;
    swaps.set(id, swapsOf(id) + 1);
    const keep = remember(old, sent);
    const node = document.adoptNode(fresh);
    // Both stand for a moment, so that a form in use moves over as it is: half a note must never become half a reply.
    old.after(node);
    for (const form of old.querySelectorAll("form")) if (form !== sent && inUse(form)) moveOver(form, node);
    old.remove();
    keep(node);
    changed.push(node);
  }
  sayAgain(from);
  mark();
  for (const node of changed) {
    refreshTimes(node);
    toNewest(node);
    node.dispatchEvent(new CustomEvent("lodge:swapped", { bubbles: true }));
  }
  return changed.length > 0;
}

// A ticket opens at the first thing that was not read, else at its end; one that is already open stays where it is.
let opened;
function toNewest(root) {
  const scroll = root.querySelector("[data-scroll]");
  if (!scroll || scroll.dataset.scroll === opened) return;
  opened = scroll.dataset.scroll;
  const unread = scroll.querySelector("[data-unread]");
  if (unread) scroll.scrollTop += unread.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 64;
  else scroll.scrollTop = scroll.scrollHeight;
}

/** How often an element was put in place anew: who asked for it before the last time holds something old. */
export function swapsOf(id) {
  return swaps.get(id) ?? 0;
}

function inUse(form) {
  if (form.querySelector(".editor")?.contains(document.activeElement)) return true;
  return [...form.querySelectorAll("textarea, select, input:not([type=hidden])")].some((it) => {
    if (it.localName === "select") {
      const chosen = [...it.options].findIndex((option) => option.defaultSelected);
      return it.selectedIndex !== Math.max(0, chosen) || (CSS.supports("selector(:open)") && it.matches(":open"));
    }
    if (it.type === "radio" || it.type === "checkbox") return it.checked !== it.defaultChecked;
    if (it.type === "file") return it.files.length > 0;
    return it.value !== it.defaultValue || it === document.activeElement;
  });
}

const MENU_MILLIS = 100;
const MENU_PATIENCE_MILLIS = 30_000;
const MENUS = [":popover-open", "select:open"].filter((it) => CSS.supports(`selector(${it})`)).join(", ");

let pressed = null;
addEventListener("pointerdown", (event) => (pressed = event.target), true);
// The press counts only when what was pressed is still there as it ends.
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => (pressed = null)), true);

/** Whether somebody has a part of the page in hand: a menu or a list of choices is open in it, or a button of it is being pressed. None of
 *  it survives that the part is put in place anew: what they type would go nowhere, and their press would be none. */
export function inHand(part) {
  return Boolean(part && ((MENUS && (part.matches(MENUS) || part.querySelector(MENUS))) || (pressed && part.contains(pressed))));
}

async function letGo(ids, form) {
  const since = Date.now();
  while (ids.some((id) => inHand(document.getElementById(id))) && Date.now() - since < MENU_PATIENCE_MILLIS) {
    form.dataset.waits = "menu";
    await new Promise((closed) => setTimeout(closed, MENU_MILLIS));
  }
}

// The same form is the one that sends the same things to the same address. One with a name of its own may meanwhile offer more, such as
// a file that has come.
function sameForm(form) {
  const names = new Set([...form.querySelectorAll("textarea, select, input:not([type=hidden])")].map((it) => it.name));
  return form.getAttribute("action") + " " + (form.id || [...names].join(" "));
}

function moveOver(form, into) {
  const place = [...into.querySelectorAll("form")].find((it) => sameForm(it) === sameForm(form));
  if (!place) return;
  // Moving keeps focus and caret where the browser can do it; where not, `remember` brings them back, or an editor does so itself.
  form.dispatchEvent(new CustomEvent("lodge:moving"));
  if (place.parentNode.moveBefore) place.parentNode.moveBefore(form, place);
  else place.before(form);
  place.remove();
  form.dispatchEvent(new CustomEvent("lodge:moved"));
}

// Which one it is: the how-manieth of its kind below the nearest part that has a name.
function detailOf(it) {
  const part = it.parentElement.closest("[id]");
  const kind = it.className.split(" ")[0];
  return `${part?.id} ${kind} ${[...(part ?? document).querySelectorAll("details")].filter((other) => other.className.split(" ")[0] === kind).indexOf(it)}`;
}

function remember(old, sent) {
  // What somebody opened stays open, but for what they have just sent from.
  const opened = new Set([...old.querySelectorAll("details[open]")].filter((it) => !sent || !(it.contains(sent) || sent.contains(it))).map(detailOf));
  const about = old.querySelector("[data-scroll]")?.dataset.scroll;
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  // The editor of a text is made anew from it.
  const edits = focus?.id.endsWith("-editor") && document.getElementById(focus.id.slice(0, -"-editor".length));
  const focused = edits ? "#" + CSS.escape(edits.id) : focus?.id ? "#" + CSS.escape(focus.id) : focus?.name ? `[name="${CSS.escape(focus.name)}"]` : focus?.getAttribute("href") ? `[href="${CSS.escape(focus.getAttribute("href"))}"]` : null;
  const caret = focus && "selectionStart" in focus ? [focus.selectionStart, focus.selectionEnd] : null;
  const scrolls = new Map([...old.querySelectorAll("[data-scroll], [data-list], .rail-places")].map((it) => [it.dataset.scroll ?? "list", it.scrollTop]));
  const picked = new Set([...old.querySelectorAll(".pick:checked")].map((it) => it.value));
  return (node) => {
    const isSame = node.querySelector("[data-scroll]")?.dataset.scroll === about;
    for (const it of isSame ? node.querySelectorAll("details") : []) if (opened.has(detailOf(it))) it.open = true;
    for (const it of node.querySelectorAll("[data-scroll], [data-list], .rail-places")) it.scrollTop = scrolls.get(it.dataset.scroll ?? "list") ?? 0;
    for (const it of node.querySelectorAll(".pick")) it.checked = picked.has(it.value);
    if (focus && focus === document.activeElement) return;
    const target = focused && node.querySelector(focused);
    target?.focus({ preventScroll: true });
    if (target && caret && caret[0] !== null && target.setSelectionRange && target.type !== "email") target.setSelectionRange(...caret);
  };
}

/** Goes to an address by swapping parts of the page; falls back to loading it. */
export async function go(url, ids, { push = true, replace = false } = {}) {
  try {
    const answer = await page(url, ids);
    if (!swap(answer.document, ids)) return location.assign(url);
    if (answer.document.title) document.title = answer.document.title;
    if (push) history[replace ? "replaceState" : "pushState"]({ ids }, "", answer.url);
    mark();
  } catch {
    location.assign(url);
  }
}

/** Marks the row of the ticket that is open. */
export function mark() {
  const [, number] = location.pathname.match(/^\/agent\/tickets\/([^/]+)/) ?? [];
  for (const it of document.querySelectorAll("a[data-row]")) {
    const current = number && it.pathname === "/agent/tickets/" + number;
    current ? it.setAttribute("aria-current", "true") : it.removeAttribute("aria-current");
  }
}

async function send(form, submitter) {
  const data = new FormData(form, submitter);
  const post = form.method.toLowerCase() === "post";
  const multipart = form.enctype === "multipart/form-data";
  const elsewhere = submitter?.hasAttribute("formaction") && submitter.formAction;
  const url = post ? elsewhere || form.action : form.action.split("?")[0] + "?" + new URLSearchParams(data);
  const ids = form.dataset.swap.split(" ");
  const goOn = goingOn(form);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await page(url, ids, post ? { method: "POST", body: multipart ? data : new URLSearchParams(data) } : {}).catch(() => null);
    if (!answer) return say(t("unreachable"), "danger");
    forget();
    if (form.dataset.again && answer.ok && takeOver(form, answer.document)) return await send(form);
    const seen = ids.map(swapsOf).join();
    // What went wrong is said at once, whatever is open.
    if (answer.ok) await letGo(ids, form);
    const newer = ids.map(swapsOf).join() !== seen && (await page(location.href, ids).catch(() => null));
    // From here to the new form in one go, so that no letter falls between them.
    if (newer) sayAgain(answer.document);
    const typeOn = goOn(answer.ok);
    if (answer.ok) {
      for (const it of form.querySelectorAll("textarea")) it.value = it.defaultValue;
      form.dispatchEvent(new CustomEvent("lodge:sent", { bubbles: true }));
    }
    const swapped = swap((newer || answer).document, ids, form);
    if (swapped) typeOn();
    if (!swapped && answer.ok) return location.assign(answer.url);
    if (!swapped) return say(t("unsaved"), "danger");
    if (form.hasAttribute("data-push") && answer.ok) history.pushState({}, "", answer.url);
    // What was done means that the ticket is not to be seen any more: the address is that of what is.
    else if (answer.ok && answer.document.querySelector("#ticket.nothing")) history.replaceState({}, "", answer.url);
  } finally {
    form.removeAttribute("aria-busy");
    delete form.dataset.again;
  }
}

// Another choice was made while the first was on its way: it is sent from what the first one led to.
function takeOver(form, from) {
  const after = [...from.querySelectorAll("form")].find((it) => sameForm(it) === sameForm(form));
  if (!after) return false;
  for (const it of after.querySelectorAll("input[type=hidden][name]")) if (form.elements[it.name]) form.elements[it.name].value = it.value;
  delete form.dataset.again;
  return true;
}

// A quick writer begins the next message while this one is on its way: what was typed since goes on in the form that comes back.
// Called as it is sent, then as the answer counts, then as the new form stands.
function goingOn(form) {
  const texts = () => [...form.querySelectorAll("textarea[id]")];
  const sent = new Map(texts().map((it) => [it.id, it.value]));
  return (taken) => {
    const typed = texts().filter((it) => it.value !== sent.get(it.id)).map((it) => {
      const before = sent.get(it.id);
      return [it.id, taken && it.value.startsWith(before) ? it.value.slice(before.length) : it.value];
    });
    const modes = [...form.querySelectorAll("input[type=radio]:checked")].map((it) => [it.name, it.value]);
    return () => {
      for (const [id, words] of typed) {
        const text = document.getElementById(id);
        if (!text) continue;
        for (const [name, value] of modes) for (const it of text.form.elements) if (it.name === name) it.checked = it.value === value;
        text.value = words;
        text.setSelectionRange(words.length, words.length);
        text.dispatchEvent(new Event("input", { bubbles: true }));
      }
    };
  };
}

/** Shows a short word in the corner, perhaps with a way on: `{ text, href }`. */
export function say(text, tone = "ok", way) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.tone = tone;
  toast.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (way) toast.append(Object.assign(document.createElement("a"), { className: "button", href: way.href, textContent: way.text }));
  show(toast);
}

// What the server said beside the parts that it drew.
function sayAgain(from) {
  for (const toast of from.querySelectorAll("#toasts > .toast")) show(document.adoptNode(toast));
}

function show(toast) {
  const corner = document.getElementById("toasts");
  if (!corner) return;
  // Two answers that crossed may bring the same word.
  const known = [...corner.children].some((it) => it !== toast && it.isEqualNode(toast));
  if (known) return void toast.remove();
  corner.append(toast);
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
  setTimeout(leave, toast.querySelector("form, a") ? 10_000 : 5000);
}

// In the zone that the reader chose, else in the browser's; with the digits that numbers, codes and addresses are written with as well.
const { lang, dataset } = document.documentElement;
const exact = new Intl.DateTimeFormat(lang + "-u-nu-latn", { dateStyle: "long", timeStyle: "short", timeZone: dataset.zone || undefined });
// The same steps as on the server, so that nothing changes when the script begins: from so many seconds, in this unit.
const STEPS = [[31_536_000, "year", Math.floor], [2_592_000, "month", Math.floor], [84_600, "day", Math.round, 86_400], [3570, "hour", Math.round, 3600], [45, "minute", Math.round, 60]];
const SHORT = [[31_536_000, "years"], [2_592_000, "months"], [86_400, "days"], [3600, "hours"], [60, "minutes"]];

function inWords(secs) {
  const far = Math.abs(secs);
  const step = STEPS.find(([from]) => far >= from);
  if (!step) return t("moment-now");
  const [from, unit, round, size = from] = step;
  const count = round(far / size);
  if (unit === "day" && count === 1) return t(secs < 0 ? "moment-yesterday" : "moment-tomorrow");
  return t(`moment-${unit}s-${secs < 0 ? "ago" : "ahead"}`, { count });
}

function inShort(secs) {
  const [size, unit] = SHORT.find(([size]) => secs >= size) ?? [];
  return size ? t("span-" + unit, { count: Math.floor(secs / size) }) : t("span-now");
}

function refreshTimes(root) {
  const now = Date.now();
  for (const it of root.querySelectorAll("time[data-relative]")) {
    const at = Date.parse(it.dateTime);
    const secs = Math.round((at - now) / 1000);
    const text = it.dataset.relative === "short" ? inShort(-secs) : inWords(secs);
    if (it.textContent !== text) it.textContent = text;
    it.title = exact.format(at);
  }
  for (const it of root.querySelectorAll("time[data-countdown]")) count(it, now);
}

function count(it, now) {
  const since = Date.parse(it.dataset.countdown);
  const due = Date.parse(it.dateTime);
  const secs = Math.round((due - now) / 1000);
  const part = Math.max(0, Math.min(100, Math.floor(((due - now) / Math.max(1, due - since)) * 100)));
  const box = it.closest(".countdown");
  box.dataset.state = secs <= 0 ? "breached" : part < 25 ? "near" : "running";
  box.querySelector("circle + circle")?.setAttribute("stroke-dasharray", part + " 100");
  it.textContent = secs <= 0 ? t("over", { lasting: lasting(-secs) }) : lasting(secs);
  it.title = exact.format(due);
}

function lasting(secs) {
  const [days, hours, minutes] = [Math.floor(secs / 86_400), Math.floor(secs / 3600) % 24, Math.floor(secs / 60) % 60];
  if (days) return t("lasting-days", { days, hours });
  if (hours) return t("lasting-hours", { hours, minutes: String(minutes).padStart(2, "0") });
  return minutes ? t("lasting-minutes", { minutes }) : t("lasting-moment");
}

function keepCookie(name, value) {
  document.cookie = `lodge_${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

/** How pages look is kept for whoever is signed in, so that it is the same on every machine; the cookie is for everybody else. */
function keepLook(name, value) {
  keepCookie(name, value);
  const csrf = document.querySelector("input[name=csrf]")?.value;
  if (!csrf) return;
  const body = new URLSearchParams({ csrf, quiet: "yes", [name]: value });
  fetch("/account/appearance", { method: "POST", body, keepalive: true }).catch(() => {});
}

const toggles = {
  theme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    keepLook("theme", root.dataset.theme);
  },
  rail() {
    const narrow = document.body.dataset.rail === "narrow";
    narrow ? delete document.body.dataset.rail : (document.body.dataset.rail = "narrow");
    keepLook("rail", narrow ? "wide" : "narrow");
  },
  density() {
    const root = document.documentElement;
    const compact = root.dataset.density === "compact";
    compact ? delete root.dataset.density : (root.dataset.density = "compact");
    keepLook("density", compact ? "comfortable" : "compact");
  },
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) return toggles[toggle.dataset.toggle]?.();
  const opener = event.target.closest("button[commandfor]");
  if (opener && !("commandForElement" in HTMLButtonElement.prototype)) {
    const dialog = document.getElementById(opener.getAttribute("commandfor"));
    return opener.getAttribute("command") === "close" ? dialog?.close() : dialog?.showModal();
  }
  const link = event.target.closest("a[data-swap]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const ids = link.dataset.swap.split(" ");
  if (!ids.every((id) => document.getElementById(id))) return;
  event.preventDefault();
  link.closest("[popover]")?.hidePopover();
  go(link.href, ids, { push: link.hasAttribute("data-push") });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.swap || event.defaultPrevented) return;
  event.preventDefault();
  // What was chosen in a menu is chosen: the menu would only be in the way of the answer.
  event.submitter?.closest("[popover]")?.hidePopover();
  if (form.getAttribute("aria-busy") !== "true") send(form, event.submitter);
  else if (form.hasAttribute("data-auto")) form.dataset.again = "yes";
});

document.addEventListener("change", (event) => {
  event.target.closest("form[data-auto]")?.requestSubmit();
});

document.addEventListener("pointerover", (event) => {
  const link = event.target.closest?.("a[data-swap][data-push]");
  const ids = link?.dataset.swap.split(" ") ?? [];
  if (ids.length && ids.every((id) => document.getElementById(id))) prefetch(link.href, ids);
});

addEventListener("popstate", (event) => (event.state?.ids ? go(location.href, event.state.ids, { push: false }) : location.reload()));

// A picture that is pasted into a text stands there, under a name that no other file of the message has.
function intoText(event, file, number) {
  const text = event.target.closest?.("textarea[name=body], textarea[name=description]");
  if (event.type !== "paste" || !text || !file.type.startsWith("image/")) return file;
  const name = `picture-${number}.${file.type.slice(6).replace("jpeg", "jpg")}`;
  text.setRangeText(`![](${name})\n`, text.selectionStart, text.selectionEnd, "end");
  return new File([file], name, { type: file.type });
}

for (const kind of ["dragover", "dragleave", "drop", "paste"]) {
  document.addEventListener(kind, (event) => {
    const box = document.querySelector("[data-uploader]");
    const input = box?.querySelector("input") ?? (event.target.closest?.("form") ?? document).querySelector?.(".attach input");
    const files = [...((event.dataTransfer ?? event.clipboardData)?.files ?? [])];
    if (!input) return;
    if (kind === "dragover") event.preventDefault();
    if (box) box.toggleAttribute("data-over", kind === "dragover");
    // An editor takes what falls on its own text.
    if ((kind === "drop" || kind === "paste") && files.length && !event.defaultPrevented) {
      event.preventDefault();
      const all = new DataTransfer();
      for (const file of input.files) all.items.add(file);
      for (const file of files) all.items.add(intoText(event, file, all.items.length + 1));
      input.files = all.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      say(files.length === 1 ? t("attached", { name: files[0].name }) : t("attached-many", { count: files.length }));
    }
  });
}

// What is too large for a form goes up in pieces before it.
document.addEventListener("change", ({ target }) => {
  const most = Number(target.dataset.formMax);
  if (most && [...target.files].some((it) => it.size > most)) import("./upload.js").then((it) => it.take(target, most));
});

// A preview stands in front of the page, unless somebody asks for a tab.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.thumbnail[data-words]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  import("./lightbox.js").then((it) => it.show(link), () => open(link.href));
});

history.replaceState({ ids: ["list", "ticket"].filter((id) => document.getElementById(id)) }, "", location.href);
for (const toast of document.querySelectorAll("#toasts > .toast")) show(toast);
refreshTimes(document);
toNewest(document);
setInterval(() => refreshTimes(document), 20_000);

// A colour is seen while it is chosen.
document.addEventListener("input", ({ target }) => {
  const { scale } = target.dataset;
  if (scale) document.documentElement.style.setProperty("--accent-" + scale, scale === "hue" ? target.value : target.value / 1000);
});
