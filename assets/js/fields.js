// Fields of the desk's own in a form: shown while they are asked, by kind, category, queue and the other fields. Without this file all are
// there, each says when it is asked, and the server says what was not asked.

function valuesOf(form, name) {
  const values = [...form.elements].filter((it) => it.name === name && !(/checkbox|radio/.test(it.type) && !it.checked)).map((it) => it.value);
  return values.filter((it) => it.trim() !== "");
}

function isAsked(box, form) {
  const { when, whenValues, kinds, categories, queues } = box.dataset;
  // A form that does not ask for it is made for it.
  const within = (list, name) => !list || !form.querySelector(`[name="${name}"]`) || valuesOf(form, name).some((it) => list.split(" ").includes(it));
  if (!within(kinds, "kind") || !within(categories, "category") || !within(queues, "queue")) return false;
  if (!when) return true;
  const other = form.querySelector(`[data-own="${CSS.escape(when)}"]`);
  if (other?.hidden) return false;
  const values = valuesOf(form, when);
  return whenValues ? values.some((it) => whenValues.split("\u001f").includes(it)) : values.length > 0;
}

function ask(form) {
  for (const box of form.querySelectorAll("[data-own]")) {
    const asked = isAsked(box, form);
    box.hidden = !asked;
    for (const it of box.querySelectorAll("input, select, textarea")) {
      // What is not asked is not sent either.
      it.disabled = !asked;
      if (it.type !== "hidden" && it.type !== "checkbox") it.required = asked && box.hasAttribute("data-required");
    }
  }
}

function askAll() {
  for (const it of document.querySelectorAll("[data-own-fields]")) if (it.closest("form")) ask(it.closest("form"));
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.form;
    if (form?.querySelector("[data-own-fields]")) ask(form);
  });
}
document.addEventListener("lodge:swapped", askAll);
askAll();
