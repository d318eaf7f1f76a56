// A shift: somebody calls who is known, somebody comes by who is not, with and without a script; time is booked with a note, put right and
// summed; cards of a board are dragged and chosen; and the page at the start leads where its numbers say.

import { readFile } from "node:fs/promises";

import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const send = (page) => page.click("#new-ticket button[data-look=primary]");

export async function work(browser, address, states) {
  const ada = await Visitor.of(browser, address, { state: states.agent });
  // A name that may be several people's is asked about, and what cannot be meant is refused.
  for (const it of [409, 422]) ada.meant.add(it);
  const page = ada.page;

  await check("somebody who calls is found while they are typed", async () => {
    await page.goto("/agent/tickets/new");
    await page.locator("#requester").pressSequentially("rosa", { delay: 20 });
    await stands(page.locator(".caller-list [role=option]", { hasText: "Rosa" }).first(), "she is offered");
    await page.keyboard.press("Enter");
    expect(/^[0-9a-f-]{36}$/.test(await page.inputValue("[data-caller-chosen]")), "she is chosen");
    await page.fill("#title", "No dial tone on floor 2");
    await send(page);
    await page.waitForURL(/\/agent\/tickets\/INC/);
    await stands(page.locator(".side .requester", { hasText: "Rosa" }), "the ticket is hers");
  });

  await check("somebody who is not known is added with the ticket", async () => {
    await page.goto("/agent/tickets/new");
    await page.locator("input[name=channel][value=walk_in]").check({ force: true });
    await page.locator("#requester").pressSequentially("0911 471147", { delay: 20 });
    await page.locator(".caller-list [role=option]", { hasText: "New person" }).click();
    expect((await page.inputValue("#newPhone")) === "0911 471147", "the number went where it belongs");
    await page.fill("#newName", "Joe Walker");
    await page.fill("#title", "Lost the badge");
    await send(page);
    await page.waitForURL(/\/agent\/tickets\/INC/);
    await stands(page.locator(".side .requester", { hasText: "0911 471147" }), "the ticket is theirs");
    await page.goto("/agent/tickets/new");
    await page.locator("#requester").pressSequentially("walker", { delay: 20 });
    await stands(page.locator(".caller-list [role=option]", { hasText: "Joe Walker" }), "the next call finds them");
  });

  await check("without a script: the form asks who it is, and takes the answer", async () => {
    const plain = await Visitor.of(browser, address, { state: states.agent, plain: true });
    const it = plain.page;
    plain.meant.add(422);
    await it.goto("/agent/tickets/new");
    await it.fill("#requester", "walker");
    await it.fill("#title", "Badge does not open the door");
    await send(it);
    await it.locator(".found-people label", { hasText: "Joe Walker" }).click();
    expect((await it.inputValue("#title")) === "Badge does not open the door", "nothing typed is lost");
    await send(it);
    await it.waitForURL(/\/agent\/tickets\/INC/);
    await it.goto("/agent/tickets/new");
    await it.fill("#requester", "Zebulon Zimt");
    await it.fill("#title", "Cannot log in");
    await send(it);
    expect((await it.inputValue("#newName")) === "Zebulon Zimt", "nobody is known: the name is where one adds them");
    await send(it);
    await it.waitForURL(/\/agent\/tickets\/INC/);
    await plain.close();
  });

  await check("time goes with a note, is put right and removed", async () => {
    await page.goto("/agent/views/all");
    await page.locator("a[data-row]").first().click();
    await page.waitForURL(/\/agent\/tickets\//);
    await page.locator("#composer input[name=mode][value=note]").check({ force: true });
    await page.fill("#composer-body", "Looked at it.");
    await page.locator(".time-with summary").click();
    await page.fill("#composer input[name=time]", "soon");
    await page.click("#composer button[data-look=primary]");
    await stands(page.locator("#composer-error"), "what is no length is refused");
    expect((await page.inputValue("#composer-body")) === "Looked at it.", "the note is still there");
    await page.fill("#composer input[name=time]", "1:25");
    await page.click("#composer button[data-look=primary]");
    const entry = page.locator(".time-entries summary", { hasText: "1 h 25 min" });
    await stands(entry.first(), "it is booked");
    await entry.first().click();
    await page.locator(".time-entries details[open] input[name=time]").fill("30m");
    await page.locator(".time-entries details[open]").getByRole("button", { name: "Save", exact: true }).click();
    await stands(page.locator(".time-entries summary", { hasText: "30 min" }).first(), "it is put right");
    expect((await entry.count()) === 0, "the old length is gone");
  });

  await check("the report sums it, and its file says the same", async () => {
    await page.goto("/agent/reports/time?by=category");
    await stands(page.locator("table.table"), "there are lines");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "As CSV" }).click()]);
    const text = await readFile(await download.path(), "utf8");
    expect(text.startsWith("\ufeffDay,Ticket") && text.includes(",30,"), "the file has the entries");
  });

  await check("a card is dragged to another column, and what is refused is told", async () => {
    await page.goto("/agent/views/all?show=board&by=priority");
    const from = page.locator("[data-column='3'] .card").first();
    const number = (await from.getAttribute("id")).replace("card-", "");
    await from.dragTo(page.locator("[data-column='2']"));
    await stands(page.locator(`[data-column='2'] #card-${number}`).or(page.locator("#toasts", { hasText: number })), "it went");
    await page.goto(`/agent/tickets/${number}`);
    expect((await page.inputValue("#property-priority")) === "2", "the priority is that of the column");
    // All columns in sight: a drag does not scroll.
    await page.setViewportSize({ width: 3200, height: 900 });
    await page.goto("/agent/views/all?show=board");
    const card = page.locator("[data-column='new'] .card, [data-column='assigned'] .card").first();
    const other = (await card.getAttribute("id")).replace("card-", "");
    const at = await card.locator("select").inputValue();
    await card.dragTo(page.locator("[data-column='awaiting_approval']"));
    await stands(page.locator("#toasts", { hasText: other }), "a word says what became of it");
    expect(at !== "awaiting_approval", "it stood elsewhere");
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await check("without a script: a card goes where its choice says", async () => {
    const plain = await Visitor.of(browser, address, { state: states.agent, plain: true });
    await plain.page.goto("/agent/views/all?show=board&by=priority");
    const card = plain.page.locator("[data-column='3'] .card").first();
    const id = await card.getAttribute("id");
    await card.locator("select").selectOption("4");
    await card.locator("button").click();
    await plain.page.goto(`/agent/tickets/${id.replace("card-", "")}`);
    expect((await plain.page.inputValue("#property-priority")) === "4", "it is there");
    await plain.close();
  });

  await check("the start of a shift leads where its numbers say", async () => {
    await page.goto("/agent/views/mine");
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await page.waitForURL("**/agent/dashboard");
    const mine = page.locator(".figures a", { hasText: "My work" });
    const count = Number(await mine.locator("strong").textContent());
    await mine.click();
    await page.waitForURL("**/agent/views/mine");
    expect(Number(await page.locator(".list-head .count").textContent()) === count, "the list has as many");
  });

  return [ada];
}
