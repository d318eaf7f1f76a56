// Cards of a board are dragged from column to column. A drop chooses what the card's own form offers and sends it; where the form offers no
// such way, the desk says why not. Without this file each card has its choice.

let card;

const column = (event) => event.target.closest?.("[data-board] [data-column]");

function over(it) {
  for (const other of document.querySelectorAll("[data-column][data-over]")) if (other !== it) delete other.dataset.over;
  if (it && card && !it.contains(card)) it.dataset.over = "";
}

document.addEventListener("dragstart", (event) => {
  card = event.target.closest?.("[data-board] .card[draggable]");
  if (!card) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.querySelector(".number")?.textContent ?? "");
  card.dataset.dragged = "";
});
document.addEventListener("dragend", () => {
  if (card) delete card.dataset.dragged;
  card = undefined;
  over();
});
document.addEventListener("dragover", (event) => {
  const it = card && column(event);
  over(it);
  if (it) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const it = card && column(event);
  const form = card?.querySelector("form");
  over();
  if (!it || !form) return;
  event.preventDefault();
  const select = form.querySelector("select");
  const to = it.dataset.column;
  if (select.value === to) return;
  if (![...select.options].some((one) => one.value === to)) select.add(new Option(to, to));
  select.value = to;
  form.requestSubmit();
});
