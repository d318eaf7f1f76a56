// Work on several tickets at once, and on one in place: one text for all, all into one, all tied to one, a file; undone as one. A title, a due
// time, a requester and followers are changed where they stand; a sub-ticket is lodged, and a ticket deleted by its number.

import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const numberOf = (url) => url.split("?")[0].split("/").pop();

/** Lodges tickets as an agent; gives their numbers, oldest first. */
async function lodge(visitor, titles) {
  await visitor.page.goto("/agent/tickets/new");
  const csrf = await visitor.page.inputValue("#new-ticket input[name=csrf]");
  const found = [];
  for (const title of titles) {
    const form = { csrf, kind: "incident", channel: "phone", requester: "rosa@harbourworks.example", title, once: title };
    found.push(numberOf((await visitor.post("/agent/tickets", { form })).url()));
  }
  return found;
}

/** Picks these tickets in the list of all. */
async function pick(page, numbers) {
  await page.goto("/agent/views/all?sort=created");
  for (const it of numbers) await page.locator(`#row-${it} .pick`).check();
}

async function next(page, name) {
  const more = page.locator("#bulk").getByRole("button", { name: "More", exact: true });
  if (await more.isVisible()) await more.click();
  await page.locator("#bulk").getByRole("button", { name }).click();
}

const undo = (page) => page.locator("#toasts").getByRole("button", { name: "Undo" }).click();

export async function walk(browser, address, states) {
  const ada = await Visitor.of(browser, address, { state: states.agent });
  const page = ada.page;
  let all;

  await check("one text is written on many tickets, each with its own words", async () => {
    all = await lodge(ada, ["Bulk one", "Bulk two", "Bulk three"]);
    await pick(page, all);
    await stands(page.getByText("3 selected"), "they are picked");
    await next(page, "Reply to all");
    await page.waitForURL("**/agent/tickets/bulk/comment?**");
    expect(await page.locator("input[name=mode][value=reply]").isChecked(), "it is a reply");
    await page.fill("#body", "About {{ticket.title}}: we are on it.");
    await page.locator(`input[name=ticket][value=${all[2]}]`).uncheck();
    await page.getByRole("button", { name: "Write on all" }).click();
    await stands(page.getByText("2 tickets answered."), "the word says how many");
    await undo(page);
    await stands(page.getByText("Undone: the replies to 2 tickets"), "and it is taken back");
    await page.goto(`/agent/tickets/${all[0]}`);
    await stands(page.locator(".message", { hasText: "About Bulk one: we are on it." }), "it stayed as a note");
  });

  await check("many tickets are tied to one, and untied as one", async () => {
    await pick(page, all.slice(1));
    await next(page, "Link to a ticket");
    await page.waitForURL("**/agent/tickets/bulk/link?**");
    await page.selectOption("#relation", "child_of");
    await page.fill("#other", all[0]);
    await page.getByRole("button", { name: "Link them" }).click();
    await stands(page.getByText(`2 tickets linked to ${all[0]}`), "the word says to which");
    await page.goto(`/agent/tickets/${all[0]}/tasks`);
    await stands(page.locator(".part-list", { hasText: "Bulk three" }), "they are parts of it");
    await page.goto(`/agent/tickets/${all[1]}`);
    await stands(page.locator(".part-of", { hasText: all[0] }), "a part names the whole");
    await page.goto(`/agent/tickets/${all[0]}`);
    await page.getByRole("button", { name: "Resolve" }).click();
    await stands(page.getByText("2 sub-tickets are still open."), "the whole is solved and says what is open");
    await undo(page);
    await stands(page.getByText("Undone"), "and it is open again");
  });

  await check("many tickets go on in the oldest, and come back as one", async () => {
    await pick(page, all);
    await next(page, "Merge into one");
    await page.waitForURL("**/agent/tickets/bulk/merge?**");
    expect((await page.inputValue("#into")) === all[0], "the oldest is suggested");
    await page.getByRole("button", { name: "Merge them" }).click();
    await page.waitForURL(`**/agent/tickets/${all[0]}`);
    await stands(page.getByText(`2 tickets go on in ${all[0]}`), "the word says where");
    await undo(page);
    await stands(page.getByText("Undone: the merge of 2 tickets"), "each is its own again");
  });

  await check("what is left of many is named with its reason", async () => {
    const [closed] = await lodge(ada, ["=Bulk closed"]);
    await page.goto(`/agent/tickets/${closed}/merge?into=${all[0]}`);
    await page.getByRole("button", { name: `Merge into ${all[0]}` }).click();
    await page.waitForURL(`**/agent/tickets/${all[0]}`);
    await page.goto(`/agent/tickets/bulk/comment?tickets=${closed},${all[1]}`);
    await page.check("input[name=mode][value=note]");
    await page.fill("#body", "Seen.");
    await page.getByRole("button", { name: "Write on all" }).click();
    await stands(page.getByText("Note written on 1 ticket."), "one is done");
    await stands(page.locator(".picked-tickets", { hasText: "was merged into" }), "the other says why not");
    expect((await page.locator("input[name=ticket]").count()) === 1, "only that one is left");
  });

  await check("the picked tickets are a file in which no title is a formula", async () => {
    const [odd] = await lodge(ada, ["=HYPERLINK(1)"]);
    await pick(page, [odd, all[0]]);
    const download = page.waitForEvent("download");
    await next(page, "Export as CSV");
    const text = await (await download).createReadStream().then(async (it) => {
      const parts = [];
      for await (const part of it) parts.push(part);
      return Buffer.concat(parts).toString();
    });
    expect(text.startsWith("\ufeffNumber,Title,Status"), `it begins ${text.slice(0, 40)}`);
    expect(text.includes(`${odd},"'=HYPERLINK(1)"`) && text.includes(`${all[0]},Bulk one`), text);
  });

  await check("without a script: the same by the same buttons", async () => {
    const plain = await Visitor.of(browser, address, { state: states.agent, plain: true });
    await pick(plain.page, all.slice(0, 2));
    await next(plain.page, "Internal note on all");
    await plain.page.waitForURL("**/agent/tickets/bulk/comment?**");
    await plain.page.fill("#body", "Without a script.");
    await plain.page.getByRole("button", { name: "Write on all" }).click();
    await stands(plain.page.getByText("Note written on 2 tickets."), "the word says so");
    await plain.close();
  });

  await check("title, due time and followers are changed in place, and undone", async () => {
    await page.goto(`/agent/tickets/${all[0]}`);
    await page.getByRole("button", { name: "Change the title" }).click();
    await page.fill("#edit-title [name=title]", "Bulk one, renamed");
    await page.locator("#edit-title").getByRole("button", { name: "Save" }).click();
    await stands(page.locator("#ticket h1", { hasText: "Bulk one, renamed" }), "the title is another");
    await undo(page);
    await stands(page.locator("#ticket h1", { hasText: /^Bulk one$/ }), "and the old one again");
    await page.getByRole("button", { name: "Due: None" }).click();
    await page.fill("#property-dueAt", "2030-01-02T09:00");
    await page.keyboard.press("Enter");
    await stands(page.locator("#toasts", { hasText: "due date" }), "the word names the due date");
    await page.selectOption("#property-priority", "1");
    await stands(page.locator("#toasts", { hasText: "priority: P1" }), "a single change says what it did");
    await page.locator(".watchers summary").click();
    await page.fill(".watchers [name=requester]", "tomas@harbourworks.example");
    await page.keyboard.press("Enter");
    await stands(page.getByText("follows from now on"), "somebody follows");
    await page.locator(".watchers summary").click();
    await page.locator(".watchers .small-list button").first().click();
    await stands(page.getByText("follows no longer"), "and no longer");
  });

  await check("a link is taken away, and comes back", async () => {
    await page.goto(`/agent/tickets/${all[0]}/links`);
    await page.locator(".part-list button").first().click();
    await stands(page.getByText("link taken away"), "it is gone");
    await stands(page.locator("#links-all"), "the part that was open stays open");
    await undo(page);
    await stands(page.getByText("Undone: the change of a link"), "it is back");
  });

  await check("a ticket is given to another requester, who is found while they are typed", async () => {
    await page.goto(`/agent/tickets/${all[2]}/requester`);
    await page.fill("#requester", "max@harbourworks.example");
    await page.locator("form[action$='/requester']").getByRole("button", { name: "Change the requester" }).click();
    await page.waitForURL(`**/agent/tickets/${all[2]}`);
    await stands(page.getByText("the requester is Max"), "the word names them");
    await undo(page);
    await stands(page.getByText("Undone: the change of the requester"), "and back");
  });

  await check("a sub-ticket is lodged from its whole", async () => {
    await page.goto(`/agent/tickets/${all[1]}/tasks`);
    await page.locator("#ticket .tab-page").getByRole("link", { name: "New sub-ticket" }).click();
    await page.waitForURL("**/agent/tickets/new?parent=**");
    await page.fill("#title", "Order the part");
    await page.getByRole("button", { name: "Create the ticket" }).click();
    await page.waitForURL("**/agent/tickets/TSK-*");
    await stands(page.locator(".part-of", { hasText: all[1] }), "it is a part");
  });

  await check("a ticket is deleted by its number, and by no other", async () => {
    const max = await Visitor.of(browser, address, { state: states.admin });
    max.meant.add(422);
    const [gone] = await lodge(max, ["Bulk gone"]);
    await max.page.goto(`/agent/tickets/${gone}`);
    await max.page.locator(".ticket-actions").getByRole("button", { name: "More" }).click();
    await max.page.getByRole("link", { name: "Delete the ticket" }).click();
    await max.page.fill("#number", all[0]);
    await max.page.getByRole("button", { name: "Delete the ticket" }).click();
    await stands(max.page.locator("p.error"), "another number does not do");
    await max.page.fill("#number", gone.toLowerCase());
    await max.page.getByRole("button", { name: "Delete the ticket" }).click();
    await stands(max.page.getByText(`${gone} was deleted.`), "it is gone");
    await max.page.close();
  });

  return [ada];
}
