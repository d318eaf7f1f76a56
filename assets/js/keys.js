// Keyboard shortcuts from the table that the server put on the page. A key presses the visible control with its aim; where a page has
// none, one that names a place goes there.
// Nothing fires while somebody types.

import { move, open, pick } from "./list.js";
import { t } from "./words.js";

const table = JSON.parse(document.getElementById("key-table")?.textContent ?? "[]");
const apple = /Mac|iPhone|iPad/.test(navigator.platform);
const byKeys = new Map(table.map((it) => [it.keys, it.aim]));
const leaders = new Set(table.filter((it) => it.keys.includes(" ")).map((it) => it.keys.split(" ")[0]));
const SEQUENCE_MILLIS = 1200;
let leader;
let leading;

const narrowed = (kind) => document.dispatchEvent(new CustomEvent("lodge:palette", { detail: kind }));
const own = { next: () => move(1), previous: () => move(-1), select: pick, open, close: leave, "go-queues": () => narrowed("queue"), "go-reports": () => narrowed("report") };

/** Does what an aim is for; false if nothing on the page carries it. */
export function act(aim) {
  if (own[aim]) return own[aim](), true;
  const control = [...document.querySelectorAll(`[data-aim="${CSS.escape(aim)}"]`)].find((it) => it.checkVisibility() && !it.disabled);
  const place = table.find((it) => it.aim === aim)?.href;
  if (!control && place) return location.assign(place), true;
  if (!control) return false;
  // Others may want to know before it happens: what is selected is quoted by a reply.
  document.dispatchEvent(new CustomEvent("lodge:aim", { detail: aim }));
  if (control.type === "radio") {
    control.click();
    control.form?.querySelector("textarea")?.focus();
  } else if (control.matches("select, textarea, input")) {
    control.focus();
    if (control.localName === "select") control.showPicker?.();
  } else control.click();
  return true;
}

function leave() {
  if (typing(document.activeElement)) return document.activeElement.blur();
  document.querySelector(".back a")?.checkVisibility() && document.querySelector(".back a").click();
}

function typing(it) {
  // What a dialog that has just closed held keeps the focus until the next frame.
  if (!it?.checkVisibility()) return false;
  return it.isContentEditable || (it.matches("input, textarea, select") && !["checkbox", "radio", "button", "submit"].includes(it.type));
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const mod = apple ? event.metaKey : event.ctrlKey;
  if (mod) {
    const aim = byKeys.get("mod+" + (event.key.length === 1 ? event.key.toLowerCase() : event.key));
    if (aim === "send") {
      const form = document.activeElement?.closest("form");
      if (!form || !typing(document.activeElement)) return;
      event.preventDefault();
      return form.requestSubmit();
    }
    if (aim === "palette") {
      event.preventDefault();
      document.dispatchEvent(new CustomEvent("lodge:palette"));
    }
    return;
  }
  if (event.metaKey || event.ctrlKey) return;
  const modal = document.querySelector("dialog:modal");
  if (modal) return;
  // A menu that is open is what Escape closes.
  if (event.key === "Escape" && document.querySelector(":popover-open")) return;
  if (event.key === "Escape" && typing(document.activeElement)) return leave();
  if (typing(document.activeElement)) return;
  if (event.key === "Enter") return;
  const keys = leader ? leader + " " + event.key : event.key;
  clearTimeout(leading);
  leader = undefined;
  const aim = byKeys.get(keys);
  if (aim) {
    if (act(aim)) event.preventDefault();
  } else if (leaders.has(event.key)) {
    leader = event.key;
    leading = setTimeout(() => (leader = undefined), SEQUENCE_MILLIS);
  }
});

if (apple) for (const cap of document.querySelectorAll("kbd")) if (cap.textContent === t("keys-ctrl")) cap.textContent = "⌘";
// The settings have more pages than a window has lines.
document.querySelector(".settings .rail [aria-current]")?.scrollIntoView({ block: "nearest" });
