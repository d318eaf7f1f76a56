// While somebody writes a new ticket: what may be about the same, asked for when they pause. Without this file the form is as it was.

import { page, swap } from "./lodge.js";

const PAUSE_MILLIS = 200;
const NAMES = ["csrf", "kind", "requester", "person", "title", "description"];
const LENGTH_MAX = 4000;
let pending;
let asked = "";

async function look(form) {
  const typed = new FormData(form);
  const data = new URLSearchParams();
  for (const name of NAMES) {
    const value = typed.get(name);
    if (typeof value === "string") data.set(name, value.slice(0, LENGTH_MAX));
  }
  if ((data.get("title") ?? "").trim().length < 3) return;
  const question = data.toString();
  if (question === asked) return;
  asked = question;
  try {
    const answer = await page(form.dataset.alike, ["alike"], { method: "POST", body: data });
    // Somebody who typed on meanwhile gets the answer to that.
    if (answer.ok && question === asked) swap(answer.document, ["alike"]);
  } catch {
    // The desk cannot be reached: nobody needs to know while they write.
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.alike || !NAMES.includes(event.target.name)) return;
  clearTimeout(pending);
  pending = setTimeout(() => look(form), PAUSE_MILLIS);
});

// The one question of the first page: what answers it, as it is typed.
let question;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.answers) return;
  clearTimeout(question);
  question = setTimeout(async () => {
    const words = event.target.value.trim().slice(0, 200);
    try {
      const answer = await page(`${form.dataset.answers}?${new URLSearchParams({ q: words })}`, ["answers"]);
      if (answer.ok && words === event.target.value.trim().slice(0, 200)) swap(answer.document, ["answers"]);
    } catch {
      // The desk cannot be reached: Enter still leads to the search.
    }
  }, PAUSE_MILLIS);
});
