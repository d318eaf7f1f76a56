// Texts that are formatted while they are written: a textarea with data-editor becomes an editor once somebody is about to write in it.
// The editor is large and is fetched only then. Who prefers Markdown as it is says so once and is asked no more.

import { t } from "./words.js";

const PREFERENCE = "lodge-editor";
const STARTED_MAX = 200;
let edit;
let loading;

const plain = () => localStorage.getItem(PREFERENCE) === "source";

function load() {
  loading ??= import("./editor.js").then(
    (it) => (edit = it.edit),
    // The text can be written without it.
    () => (loading = undefined),
  );
  return loading;
}

/** Puts an editor in the place of a text, if it may be there. */
async function begin(area) {
  if (plain() || !area.isConnected) return;
  if (!edit) await load();
  if (!edit || plain() || !area.isConnected || area.value.length > STARTED_MAX * 1024) return;
  edit(area, { t });
}

function offer(area) {
  if (area.dataset.offered) return;
  area.dataset.offered = "yes";
  const button = Object.assign(document.createElement("button"), { type: "button", className: "to-editor", textContent: t("js-editor-formatted") });
  button.addEventListener("click", () => {
    localStorage.removeItem(PREFERENCE);
    button.remove();
    delete area.dataset.offered;
    begin(area).then(() => area.focus());
  });
  area.after(button);
}

document.addEventListener("change", (event) => {
  if (event.target.matches?.("input[data-shrinks]")) import("./picture.js").then((it) => it.shrink(event.target));
});

const of = (target) => target.closest?.("textarea[data-editor]");

document.addEventListener("pointerover", (event) => of(event.target) && !plain() && load());
document.addEventListener("focusin", (event) => {
  const area = of(event.target);
  if (area) plain() ? offer(area) : begin(area);
});
document.addEventListener("lodge:source", (event) => {
  localStorage.setItem(PREFERENCE, "source");
  offer(event.target);
});
// A part of the page came anew while its text was being written.
document.addEventListener("lodge:swapped", (event) => {
  if (!edit || plain()) return;
  for (const area of event.target.querySelectorAll("textarea[data-editor]")) if (area.value || area === document.activeElement) edit(area, { t });
});

// What is selected in a message is quoted by the answer to it.
document.addEventListener("lodge:aim", (event) => {
  if (event.detail !== "reply" && event.detail !== "note") return;
  const chosen = getSelection();
  const message = chosen?.rangeCount && !chosen.isCollapsed && chosen.getRangeAt(0).commonAncestorContainer.parentElement?.closest(".message .content");
  const area = document.querySelector("#composer textarea[name=body]");
  if (!message || !area) return;
  const quoted = chosen.toString().trim().split("\n").map((it) => "> " + it).join("\n");
  area.value = (area.value ? area.value.trimEnd() + "\n\n" : "") + quoted + "\n\n";
  area.dispatchEvent(new Event("input", { bubbles: true }));
});
