// Files that are too large for a form go up in pieces before it is sent (tus 1.0), and go on where they broke off. The form waits for them.

import { t } from "./words.js";

const PIECE = 8 * 1024 * 1024;
const TRIES = 8;
/** By form: uploads that are under way, and what is to be pressed when they are done. */
const waiting = new WeakMap();

const tus = (more) => ({ "Tus-Resumable": "1.0.0", ...more });
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const pause = (millis) => new Promise((done) => setTimeout(done, millis));

async function why(answer) {
  const problem = await answer.json().catch(() => null);
  return new Error(problem?.detail ?? answer.status);
}

async function begin(file) {
  const metadata = `filename ${base64(file.name)}` + (file.type ? `,filetype ${base64(file.type)}` : "");
  const headers = tus({ "Upload-Length": file.size, "Upload-Metadata": metadata });
  const answer = await fetch("/v1/uploads", { method: "POST", credentials: "same-origin", headers });
  if (!answer.ok) throw await why(answer);
  return answer.headers.get("Location");
}

async function send(file, address, signal, tell) {
  let tries = 0;
  for (let at = 0; at < file.size; tell(at)) {
    const headers = tus({ "Upload-Offset": at, "Content-Type": "application/offset+octet-stream" });
    const answer = await fetch(address, { method: "PATCH", body: file.slice(at, at + PIECE), headers, signal }).catch(() => null);
    if (signal.aborted) return;
    if (answer?.ok) {
      at = Number(answer.headers.get("Upload-Offset"));
      tries = 0;
      continue;
    }
    if (answer && answer.status < 500 && ![409, 429].includes(answer.status)) throw await why(answer);
    if (++tries > TRIES) throw new Error(answer?.status ?? "");
    await pause(2 ** tries * 250);
    const there = await fetch(address, { method: "HEAD", headers: tus(), signal }).catch(() => null);
    if (there?.ok) at = Number(there.headers.get("Upload-Offset"));
  }
}

function row(file) {
  const it = Object.assign(document.createElement("p"), { className: "uploading" });
  const name = Object.assign(document.createElement("span"), { textContent: t("files-sending", { name: file.name }) });
  const bar = Object.assign(document.createElement("progress"), { max: file.size, value: 0 });
  const stop = Object.assign(document.createElement("button"), { type: "button", textContent: "×", className: "button" });
  bar.setAttribute("aria-label", name.textContent);
  stop.setAttribute("aria-label", t("files-stop", { name: file.name }));
  name.setAttribute("role", "status");
  it.append(name, bar, stop);
  return { it, name, bar, stop };
}

async function carry(form, shown, file) {
  const cut = new AbortController();
  let address;
  const give = () => address && fetch(address, { method: "DELETE", headers: tus(), keepalive: true }).catch(() => null);
  shown.stop.addEventListener("click", () => (cut.abort(), give(), shown.it.remove()));
  try {
    address = await begin(file);
    await send(file, address, cut.signal, (at) => (shown.bar.value = at));
    if (cut.signal.aborted) return;
    const id = new URL(address, location.href).pathname.split("/").pop();
    shown.it.append(Object.assign(document.createElement("input"), { type: "hidden", name: "uploads", value: id }));
    shown.name.textContent = t("files-sent", { name: file.name });
    shown.bar.remove();
  } catch (error) {
    shown.name.textContent = t("files-failed", { name: file.name, why: error.message });
    shown.bar.remove();
    const state = waiting.get(form);
    // Whoever pressed should see that a file is not there, and press again.
    if (state) state.pressed = undefined;
  }
}

/** Takes the files out of a chooser that are larger than `most`, and sends them. */
export function take(input, most) {
  const rest = new DataTransfer();
  const large = [...input.files].filter((it) => it.size > most || void rest.items.add(it));
  input.files = rest.files;
  const { form } = input;
  const state = waiting.get(form) ?? { count: 0 };
  waiting.set(form, state);
  for (const file of large) {
    const shown = row(file);
    (input.closest(".field, .foot") ?? input).after(shown.it);
    state.count++;
    carry(form, shown, file).finally(() => {
      if (--state.count === 0 && state.pressed && form.isConnected) form.requestSubmit(state.pressed.isConnected ? state.pressed : undefined);
      if (state.count === 0) state.pressed = undefined;
    });
  }
}

document.addEventListener(
  "submit",
  (event) => {
    const state = waiting.get(event.target);
    if (!state?.count) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    state.pressed = event.submitter ?? event.target.querySelector("[type=submit]");
  },
  true,
);
