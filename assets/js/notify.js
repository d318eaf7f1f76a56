// What one is told: a word in the corner when something comes, the newest behind the bell, and telling this device while no page is open.

import { page, say } from "./lodge.js";
import { t } from "./words.js";

const told = new Set();
const bell = () => document.getElementById("bell");

document.addEventListener("lodge:told", async (event) => {
  const id = event.detail;
  if (!id || told.has(id) || bell()?.dataset.toasts !== "on" || document.visibilityState === "hidden") return;
  told.add(id);
  const answer = await fetch("/v1/notifications?limit=10&unread=true", { credentials: "same-origin" }).catch(() => null);
  const list = answer?.ok ? await answer.json() : { items: [] };
  const it = list.items.find((it) => it.id === id);
  // What is open before one's eyes needs no word besides.
  if (!it || location.pathname.endsWith("/" + it.ticket.number)) return;
  say(`${it.ticket.number}: ${it.text}`, "info", { text: t("notice-open"), href: "/notifications/" + it.id });
});

// The newest, in place: the link goes to all of them where there is no script.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("#bell");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button || !("popover" in HTMLElement.prototype)) return;
  event.preventDefault();
  let menu = document.getElementById("newest-notices");
  if (menu?.matches(":popover-open")) return menu.hidePopover();
  menu?.remove();
  menu = Object.assign(document.createElement("div"), { id: "newest-notices", className: "menu notices-menu", popover: "auto" });
  menu.setAttribute("role", "dialog");
  menu.setAttribute("aria-label", link.getAttribute("aria-label"));
  const answer = await page("/notifications/newest", ["newest"]).catch(() => null);
  const newest = answer?.ok && answer.document.getElementById("newest");
  if (!newest) return location.assign(link.href);
  menu.append(document.adoptNode(newest));
  // What came meanwhile may have put the bell in place anew.
  const bell = document.getElementById("bell");
  bell?.after(menu);
  if (!menu.isConnected) return;
  // It opens where the bell is.
  menu.showPopover({ source: bell });
  menu.querySelector("a")?.focus();
});

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (it) => it.charCodeAt(0));

async function subscribe(button) {
  const state = document.querySelector("[data-push-state]");
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return void (state.textContent = t("push-none"));
  if ((await Notification.requestPermission()) !== "granted") return void (state.textContent = t("push-no"));
  try {
    const worker = await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(button.dataset.pushKey) });
    const { endpoint, keys } = subscription.toJSON();
    const asked = { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" } };
    const answer = await fetch("/v1/me/push-subscriptions", { ...asked, body: JSON.stringify({ endpoint, keys }) });
    state.textContent = answer.ok ? t("push-on") : t("push-none");
    if (answer.ok) location.reload();
  } catch {
    state.textContent = t("push-none");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-push-key]");
  if (button) subscribe(button);
});

if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("/worker.js").catch(() => {});
