// Pictures of files in front of the page: the others by arrow keys, gone with Escape, the file itself a step away. Without this file a
// picture opens in a tab of its own.

const LOOK = [
  ".lightbox { max-inline-size: none; inline-size: 100vw; max-block-size: none; block-size: 100dvh; border: 0; border-radius: 0; background: transparent; overscroll-behavior: contain; }",
  ".lightbox[open] { display: grid; grid-template-rows: auto minmax(0, 1fr); }",
  ".lightbox::backdrop { background: oklch(15% 0.01 165 / 88%); }",
  ".lightbox header { display: flex; align-items: center; gap: var(--s2); padding: var(--s3); background: var(--raised); }",
  ".lightbox header p { flex: 1; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }",
  ".lightbox figure { margin: 0; padding: var(--s4); min-block-size: 0; display: grid; place-items: center; cursor: zoom-out; }",
  ".lightbox img { max-inline-size: 100%; max-block-size: 100%; min-block-size: 0; object-fit: contain; background: var(--sunken); }",
].join("");
let box;

function make(words) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOK);
  document.adoptedStyleSheets.push(sheet);
  const it = Object.assign(document.createElement("dialog"), { className: "lightbox" });
  const head = document.createElement("header");
  const name = Object.assign(document.createElement("p"), { role: "status" });
  const button = (kind, sign, text) => {
    const made = Object.assign(document.createElement(kind), { className: "button", textContent: sign });
    made.dataset.look = "quiet";
    made.setAttribute("aria-label", text);
    return made;
  };
  const [before, after, close] = [["‹", words.before], ["›", words.after], ["×", words.close]].map(([sign, text]) => button("button", sign, text));
  for (const one of [before, after, close]) one.type = "button";
  const open = Object.assign(document.createElement("a"), { className: "button", textContent: words.open });
  open.dataset.look = "quiet";
  head.append(name, open, before, after, close);
  const figure = document.createElement("figure");
  const img = document.createElement("img");
  figure.append(img);
  it.append(head, figure);
  document.body.append(it);
  close.addEventListener("click", () => it.close());
  before.addEventListener("click", () => step(-1));
  after.addEventListener("click", () => step(1));
  figure.addEventListener("click", () => it.close());
  it.addEventListener("keydown", (event) => {
    const along = getComputedStyle(it).direction === "rtl" ? -1 : 1;
    const by = { ArrowLeft: -along, ArrowRight: along }[event.key];
    if (by) event.preventDefault(), step(by);
    // Keys of the page are not meant while it stands behind.
    event.stopPropagation();
  });
  return { it, name, img, open, before, after, all: [], at: 0 };
}

function step(by) {
  const at = box.at + by;
  if (at >= 0 && at < box.all.length) draw(at);
}

function draw(at) {
  const { all, img, name, open, before, after, it } = box;
  const link = all[at];
  const file = link.parentElement.querySelector(".file");
  const called = file?.querySelector(".name")?.textContent ?? "";
  box.at = at;
  img.src = link.href;
  img.alt = called;
  name.textContent = all.length > 1 ? `${called} · ${at + 1} / ${all.length}` : called;
  it.setAttribute("aria-label", called);
  open.hidden = !file?.href;
  if (file?.href) Object.assign(open, { href: file.href, download: called });
  before.hidden = after.hidden = all.length < 2;
  before.disabled = at === 0;
  after.disabled = at === all.length - 1;
}

/** Shows the picture that a link leads to, among all of the page. */
export function show(link) {
  box ??= make(JSON.parse(link.dataset.words));
  box.all = [...document.querySelectorAll("a.thumbnail[data-words]")];
  draw(Math.max(0, box.all.indexOf(link)));
  box.it.showModal();
}
