// Live parts: the server says which topic has changed, and the part that shows it is fetched anew.
// A part is an element with an id and data-live="topic"; data-live-src says where from, else the page itself.

import { forget, page, swap } from "./lodge.js";

const SLOWEST_MILLIS = 30_000;
let source;
let topics = "";
let wait = 1000;
const due = new Map();

function wanted() {
  return [...new Set([...document.querySelectorAll("[data-live]")].map((it) => it.dataset.live).filter(Boolean))].sort().join(",");
}

function connect() {
  const now = wanted();
  if (source && now === topics) return;
  source?.close();
  topics = now;
  if (!topics) return;
  source = new EventSource("/v1/events?topics=" + encodeURIComponent(topics));
  source.onopen = () => (wait = 1000);
  source.onmessage = heard;
  source.addEventListener("changed", heard);
  source.addEventListener("resync", refreshAll);
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    source = undefined;
    setTimeout(() => (connect(), refreshAll()), wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, SLOWEST_MILLIS);
  };
}

function heard(event) {
  let topic;
  try {
    topic = JSON.parse(event.data).topic;
  } catch {
    return;
  }
  forget();
  for (const it of document.querySelectorAll("[data-live]")) if (it.dataset.live === topic) soon(it);
}

function refreshAll() {
  forget();
  document.querySelectorAll("[data-live]").forEach(soon);
}

// Many changes in a moment are one fetch.
function soon(it) {
  if (due.has(it.id)) return;
  due.set(it.id, setTimeout(() => (due.delete(it.id), refresh(it.id)), 120));
}

async function refresh(id) {
  const old = document.getElementById(id);
  if (!old) return;
  const answer = await page(old.dataset.liveSrc || location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = answer.document.getElementById(id);
  if (!fresh) return;
  if (old.dataset.liveMode === "quiet") quietly(old, fresh, answer.document);
  else swap(answer.document, [id]);
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
  if (!bar) return;
  bar.hidden = added === 0;
  bar.textContent = added + " new";
  bar.onclick = () => swap(from, [old.id]);
}

document.addEventListener("lodge:swapped", connect);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && !source && connect());
connect();
