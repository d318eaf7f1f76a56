// Live parts: the server says that something has changed, and the parts that may show it are fetched anew, with the reader's rights.
// A part is an element with an id and data-live: "ticket:INC-000001", "lists" or "me"; data-live-src says where from, else the page;
// data-live-only names the one kind of notice that it is about; data-live-goes-on says that it shows something that is not over.
// After a cut line it goes on from the last event that was heard; where no line holds, it asks now and then.

import { forget, mark, inHand, page, swap, swapsOf } from "./lodge.js";
import { t } from "./words.js";

const TICKET = ["created", "imported", "changed", "assigned", "status", "deleted", "linked", "unlinked", "merged", "unmerged", "watched", "unwatched", "escalated", "escalation_acknowledged", "parent", "snoozed", "woken", "macro", "undone", "checklist", "article"];
const OTHERS = ["comment.added", "comment.edited", "comment.withdrawn", "comment.moved", "attachment.added", "attachment.removed", "attachment.read", "draft.shared", "draft.changed", "draft.discarded"];
const MORE = ["letter.failed", "letter.bounced", "letter.withdrawn", "letter.retried", "target.warned", "target.breached", "target.escalated", "target.retimed", "satisfaction.given", "time.booked", "time.changed", "time.removed"];
const ASIDE = ["presence.changed", "notification.created"];
const KINDS = [...TICKET.map((it) => "ticket." + it), ...OTHERS, ...MORE, ...ASIDE, "message", "reset"];
const SLOWEST_MILLIS = 30_000;
// Many changes in a moment are one fetch.
const GATHER_MILLIS = 120;
const UNSEEN_MILLIS = 60_000;
const MENU_MILLIS = 500;
const ASK_MILLIS = 15_000;
// So many lines in a row that do not open, and it asks instead.
const FAILURES = 3;
let leaving;
let source;
let topics = "";
let wait = 1000;
let failures = 0;
let asking;
let last = Number(document.documentElement.dataset.seq ?? 0);
const due = new Map();
const unseen = new Set();

function wanted() {
  return [...new Set([...document.querySelectorAll("[data-live]")].map((it) => it.dataset.live).filter(Boolean))].sort().join(",");
}

function connect() {
  const now = wanted();
  if (source && now === topics) return;
  source?.close();
  source = undefined;
  topics = now;
  if (!topics) return;
  const opening = new EventSource(`/v1/events?topics=${encodeURIComponent(topics)}&lastEventId=${last}`);
  source = opening;
  opening.onopen = () => {
    wait = 1000;
    // What is of no event is not told again: who was away looks once.
    if (failures) refreshAll();
    // Who came between the page and its line was told to nobody, and so was what ended there.
    else document.querySelectorAll('[data-live-only="presence.changed"], [data-live-goes-on]').forEach(soon);
    failures = 0;
    asking = void clearInterval(asking);
  };
  for (const kind of KINDS) opening.addEventListener(kind, heard);
  opening.onerror = () => {
    failures += 1;
    if (failures >= FAILURES && !asking) asking = setInterval(() => document.visibilityState === "visible" && refreshAll(), ASK_MILLIS);
    // The browser tries again by itself unless it was refused.
    if (opening.readyState !== EventSource.CLOSED || source !== opening) return;
    source = undefined;
    setTimeout(() => source || connect(), wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, SLOWEST_MILLIS);
  };
}

function heard(event) {
  let notice;
  try {
    notice = JSON.parse(event.data);
  } catch {
    return;
  }
  if (notice.kind === "reset") return (last = Math.max(last, notice.seq)), refreshAll();
  // Both the log and the line may bring an event; it is told once. What is of no event, such as an answer whose hold is over, has no
  // number, and a browser gives it that of the event before.
  if (!notice.aside && notice.seq <= last) return;
  if (!notice.aside) last = notice.seq;
  const only = ASIDE.includes(notice.kind) ? notice.kind : "";
  forget();
  for (const it of document.querySelectorAll("[data-live]")) {
    // What goes on by itself, such as a file that is made, is told to one person in the same way as what waits for them.
    const goesOn = "liveGoesOn" in it.dataset && notice.kind === "notification.created";
    if ((it.dataset.liveOnly ?? "") !== only && !goesOn) continue;
    const [topic, number] = it.dataset.live.split(":");
    if (topic !== "ticket" || number === notice.number) soon(it);
  }
  if (notice.type === "NotificationCreated") document.dispatchEvent(new CustomEvent("lodge:told", { detail: notice.notification }));
}

function refreshAll() {
  forget();
  document.querySelectorAll("[data-live]").forEach(soon);
}

function soon(it) {
  if (due.has(it.id)) return;
  due.set(it.id, setTimeout(() => (due.delete(it.id), refresh(it.id)), GATHER_MILLIS));
}

async function refresh(id) {
  const old = document.getElementById(id);
  if (!old) return;
  // What nobody sees is not fetched, and so does not count as read either.
  if (document.visibilityState === "hidden") return void unseen.add(id);
  // A menu that somebody has open is not taken away from them.
  if (inHand(old) || isSending(old)) return void setTimeout(() => soon(old), MENU_MILLIS);
  const before = swapsOf(id);
  const answer = await page(old.dataset.liveSrc || location.href, [id]).catch(() => null);
  if (!answer?.ok) return;
  const fresh = answer.document.getElementById(id);
  const now = document.getElementById(id);
  // Something newer was put in place while this one was on its way, or a menu was opened, or something sent.
  if (swapsOf(id) !== before || inHand(now) || isSending(now)) return soon(now ?? old);
  // Meanwhile the reader may have gone on to another ticket.
  if (!fresh || !now || now.dataset.live !== fresh.dataset.live) return;
  if (now.dataset.liveMode === "quiet") quietly(now, fresh, answer.document);
  else {
    const told = now.querySelector("[data-stays]");
    swap(answer.document, [id]);
    // What somebody was told about their own change stays until they do the next thing.
    if (told) document.getElementById(id)?.querySelector("[data-scroll]")?.prepend(told);
  }
}

// What somebody just chose is not painted over with what was before; the answer to it brings the part anew.
function isSending(part) {
  return Boolean(part && (part.matches("[aria-busy=true]") || part.querySelector("[aria-busy=true]")));
}

// Rows that are there change where they stand; those that came wait behind a button, so that nothing moves under the reader.
function quietly(old, fresh, from) {
  const incoming = [...fresh.querySelectorAll("li[id]")];
  let added = 0;
  for (const row of incoming) {
    const there = document.getElementById(row.id);
    if (!there) added += 1;
    else if (!there.contains(document.activeElement) && !there.querySelector(".pick:checked")) there.replaceWith(document.importNode(row, true));
  }
  const bar = old.querySelector("[data-new-rows]");
  // An empty list has nothing that could move.
  if (!bar || !old.querySelector("li[id]")) return swap(from, [old.id]);
  bar.hidden = added === 0;
  bar.textContent = t("new-rows", { count: added });
  bar.onclick = () => swap(from, [old.id]);
  mark();
}

document.addEventListener("lodge:swapped", connect);
// The line may have held while nothing could be fetched.
addEventListener("online", refreshAll);
// A browser holds few connections per desk: a tab that nobody looks at lets go of its own after a while, and catches up later.
document.addEventListener("visibilitychange", () => {
  clearTimeout(leaving);
  if (document.visibilityState === "hidden") leaving = setTimeout(() => (source?.close(), (source = undefined)), UNSEEN_MILLIS);
  else {
    for (const id of unseen) if (document.getElementById(id)) soon(document.getElementById(id));
    unseen.clear();
    if (!source && topics) connect();
  }
});
connect();
