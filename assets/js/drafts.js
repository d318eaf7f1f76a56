// What is being written is kept in this browser, per ticket, until it is sent. A closed tab loses nothing.

const prefix = "lodge:draft:";
const KEPT_MILLIS = 30 * 86_400_000;
let pending;

function key(form) {
  return prefix + form.dataset.draft;
}

function fields(form) {
  return [...form.elements].filter((it) => it.name && (it.localName === "textarea" || it.type === "text" || (it.type === "radio" && it.checked)));
}

function keep(form) {
  const values = Object.fromEntries(fields(form).map((it) => [it.name, it.value]));
  const empty = ![...form.elements].some((it) => (it.localName === "textarea" || it.type === "text") && it.value.trim());
  try {
    empty ? localStorage.removeItem(key(form)) : localStorage.setItem(key(form), JSON.stringify({ at: Date.now(), values }));
    const state = form.querySelector("[data-draft-state]");
    if (state) state.textContent = empty ? "" : "Draft saved";
  } catch {
    // A full or forbidden store: the words still stand in the form.
  }
}

function bringBack(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(key(form)));
    } catch {
      continue;
    }
    if (!kept || Date.now() - kept.at > KEPT_MILLIS) continue;
    for (const [name, value] of Object.entries(kept.values)) {
      for (const it of form.elements) {
        if (it.name !== name) continue;
        if (it.type === "radio") it.checked = it.value === value;
        else if (!it.value) it.value = value;
      }
    }
    const state = form.querySelector("[data-draft-state]");
    if (state) state.textContent = "Draft saved";
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  clearTimeout(pending);
  pending = setTimeout(() => keep(form), 250);
});
document.addEventListener("lodge:swapped", (event) => bringBack(event.target));
document.addEventListener("lodge:sent", (event) => event.target.dataset?.draft && discard(event.target));
// A form that leaves the page: the server shows the words again if it refuses them.
document.addEventListener("submit", (event) => event.target.dataset.draft && !event.target.dataset.swap && discard(event.target));

function discard(form) {
  clearTimeout(pending);
  localStorage.removeItem(key(form));
}

bringBack(document);
