// What agents make for their work: a view by clicking, with and without a script; a macro that is looked at, used and undone; a step that is
// ticked; a field of the desk's own that is asked only where it is meant; a template that fills a form.

import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

/** Addresses of things that have an id, for the pages that are looked at. */
export async function addresses(browser, address, states) {
  const admin = await Visitor.of(browser, address, { state: states.admin });
  const first = async (page, selector) => {
    await admin.page.goto(page);
    return admin.page.locator(selector).first().getAttribute("href");
  };
  const found = {
    savedView: await first("/agent/saved-views", ".tool a"),
    viewForm: await first("/agent/saved-views", "a.edit"),
    macro: await first("/agent/macros", ".tool a"),
    text: await first("/agent/texts", ".tool a"),
    article: await first("/agent/knowledge?q=vpn", ".tool a"),
    field: await first("/agent/admin/fields", ".role-cell a"),
    template: await first("/agent/admin/ticket-templates", ".role-cell a"),
    recurring: await first("/agent/admin/recurring-tickets", ".role-cell a"),
    checklist: await first("/agent/admin/checklists", "td a"),
  };
  await admin.page.goto("/agent/views/all");
  const ticket = await admin.page.locator("a[data-row]").first().getAttribute("href");
  found.then = await first(`${ticket.split("?")[0]}/history`, "a.as-of");
  await admin.close();
  return found;
}

async function build(page) {
  await page.goto("/agent/saved-views/new?q=status:open");
  await page.fill("#name", "Pressing ones");
  await page.getByRole("button", { name: "Group", exact: true }).first().click();
  const rows = page.locator(".builder .builder-row");
  await stands(rows.nth(1), "a group brings a row");
  await rows.nth(1).locator("select").nth(0).selectOption("priority");
  await rows.nth(1).locator("select").nth(1).selectOption("<=");
  await rows.nth(1).locator("input").last().fill("2");
  await page.locator(".builder .group .group").getByRole("button", { name: "Condition", exact: true }).click();
  await stands(rows.nth(2), "a group takes another row");
  await rows.nth(2).locator("select").nth(0).selectOption("tag");
  await rows.nth(2).locator("input").last().fill("vip");
  await page.getByRole("button", { name: "Count", exact: true }).click();
  await stands(page.locator(".found-count strong"), "the count is there");
  expect((await page.inputValue("#query")) === "status:open (priority<=2 OR tag:vip)", `the text says ${await page.inputValue("#query")}`);
  await page.click("button[data-look=primary][value=save]");
  await page.waitForURL(/\/agent\/views\/[0-9a-f-]{36}/);
  await stands(page.locator(".list-head >> text=Pressing ones"), "the view is open");
}

export async function walk(browser, address, states) {
  const ada = await Visitor.of(browser, address, { state: states.agent });
  // A condition that cannot be read is refused.
  ada.meant.add(422);
  const page = ada.page;

  await check("a view is clicked together, counted, saved and in the rail", async () => {
    await build(page);
    await stands(page.locator("#rail >> text=Pressing ones"), "it stands in the rail");
  });

  await check("the palette knows views, settings by other words, and the macros of the open ticket", async () => {
    const offered = page.locator("#palette [role=option]");
    const ask = async (words) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type(words);
    };
    await ask("pressing ones");
    await stands(offered.filter({ hasText: "Pressing ones" }).first(), "a saved view is offered");
    await page.keyboard.press("Escape");
    await page.goto("/agent/views/all");
    await page.locator("[data-row]").first().click();
    await page.locator("#ticket[data-open]").waitFor();
    await ask("macro");
    await offered.filter({ hasText: "macro" }).first().waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#palette:not([open])").waitFor({ state: "attached" });
    await page.keyboard.press("g");
    await page.keyboard.press("q");
    await page.locator("#palette [role=option] .hint", { hasText: "queue" }).first().waitFor();
    expect((await page.locator("#palette [role=option] .hint").allTextContents()).every((it) => it === "queue"), "only queues are offered");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/agent/queues/*");
    const soon = await page.locator('#rail a[data-aim="go-breaching"] .count').count();
    expect(!soon || (await page.locator('#rail [aria-labelledby="queues"] .near').count()) > 0, "a queue tells that something there falls due soon");
  });

  await check("palette, keys and bell go along into settings and account", async () => {
    const max = await Visitor.of(browser, address, { state: states.admin });
    await max.page.goto("/agent/admin/people");
    await stands(max.page.locator("#rail #bell"), "the bell is there");
    await max.page.keyboard.press("/");
    await max.page.locator("#palette input").fill("outbox");
    await stands(max.page.locator("#palette [role=option]", { hasText: "Background work" }), "a page is found by another word for it");
    await max.page.locator("#palette input").fill("1");
    await stands(max.page.locator("#palette [role=option]", { hasText: "Go to INC-000001" }), "a bare number finds an incident");
    await stands(max.page.locator("#palette [role=option]", { hasText: "Go to REQ-000001" }), "and a request");
    await max.page.keyboard.press("Escape");
    await max.page.locator("#palette:not([open])").waitFor({ state: "attached" });
    await max.page.keyboard.press("?");
    await stands(max.page.locator("#keys[open]"), "the sheet opens");
    await max.page.keyboard.press("Escape");
    await max.page.locator("#keys:not([open])").waitFor({ state: "attached" });
    await max.page.keyboard.press("g");
    await max.page.keyboard.press("i");
    await max.page.waitForURL("**/agent/views/mine");
    await max.page.goto("/account");
    await max.page.keyboard.press("Control+k");
    await max.page.keyboard.type("sign out");
    await stands(max.page.locator("#palette [role=option]", { hasText: "Sign out" }), "the way out is there");
    expect(max.complaints.length === 0, max.complaints.join("\n"));
    await max.close();
    const rosa = await Visitor.of(browser, address, { state: states.requester });
    await rosa.page.goto("/account");
    expect((await rosa.page.locator("#palette, #key-table").count()) === 0, "a requester does not load what is for agents");
    await rosa.close();
  });

  await check("a picture of oneself: made small, shown to others, and taken away", async () => {
    const ada = await Visitor.of(browser, address, { state: states.agent });
    await ada.page.goto("/account");
    const painted = (side) => ada.page.evaluate((side) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: side * 1.5, height: side });
      const paint = canvas.getContext("2d");
      paint.fillStyle = paint.createLinearGradient(0, 0, side, 0);
      for (const [at, colour] of ["#1b6b52", "#e8c07d", "#7a3b2e"].entries()) paint.fillStyle.addColorStop(at / 2, colour);
      paint.fillRect(0, 0, side * 1.5, side);
      return canvas.toDataURL("image/png").split(",")[1];
    }, side);
    // The first has over a megabyte, the second a few kilobytes.
    const [photo, small] = [await painted(800), await painted(40)];
    const choose = (page, name, bytes) => page.setInputFiles("#picture", { name, mimeType: "image/png", buffer: bytes });
    await choose(ada.page, "notes.png", Buffer.from("no picture at all"));
    ada.meant.add(422);
    await ada.page.click("text=Use this picture");
    await stands(ada.page.locator("#picture-error"), "what is no picture is told");
    await ada.page.waitForLoadState("load");
    await choose(ada.page, "photo.png", Buffer.from(photo, "base64"));
    await ada.page.locator(".own-picture .avatar img").waitFor();
    await ada.page.click("text=Use this picture");
    const shown = ada.page.locator("[popovertarget=me] .avatar img");
    await shown.waitFor();
    await ada.page.waitForFunction((it) => it.complete, await shown.elementHandle());
    expect((await shown.evaluate((it) => it.naturalWidth)) === 256, "it is as small as it is shown");
    // Without a script, and seen by others.
    const rosa = await Visitor.of(browser, address, { state: states.requester, plain: true });
    expect((await rosa.page.request.get(await shown.getAttribute("src"))).status() === 200, "others see it");
    await rosa.page.goto("/account");
    await choose(rosa.page, "photo.png", Buffer.from(photo, "base64"));
    await rosa.page.click("text=Use this picture");
    await stands(rosa.page.locator("#picture-error"), "one that is too large is told");
    await choose(rosa.page, "photo.png", Buffer.from(small, "base64"));
    await rosa.page.click("text=Use this picture");
    await rosa.page.locator(".own-picture .avatar img").waitFor();
    const max = await Visitor.of(browser, address, { state: states.admin });
    await max.page.goto("/agent/admin/people?q=rosa");
    await max.page.click("main td .person-cell a");
    await max.page.click("text=Remove the picture");
    await stands(max.page.getByText("The picture is removed"), "an admin takes it away");
    await rosa.page.goto("/account");
    expect((await rosa.page.locator(".avatar img").count()) === 0, "it is gone");
    // Oneself, too; what pages weigh is measured later, without anybody's picture.
    await ada.page.click("text=Remove the picture");
    await ada.page.locator(".own-picture .avatar:not(:has(img))").waitFor();
    for (const it of [ada, max]) expect(it.complaints.length === 0, it.complaints.join("\n"));
    for (const it of [ada, rosa, max]) await it.close();
  });

  await check("without a script: the same view by the same buttons", async () => {
    const plain = await Visitor.of(browser, address, { state: states.agent, plain: true });
    await build(plain.page);
    await plain.close();
  });

  await check("a condition that cannot be read names the place, and what was typed stays", async () => {
    await page.goto("/agent/saved-views/new");
    await page.fill("#name", "Broken");
    await page.locator("summary >> text=As text").click();
    await page.fill("#query", "status:open priorty:1");
    await page.click("button[data-look=primary][value=save]");
    await stands(page.getByText("at column 13").first(), "the place is named");
    expect((await page.inputValue("#query")) === "status:open priorty:1", "the text is kept");
  });

  await check("a macro shows what it would do, does it, and is undone as one", async () => {
    await page.goto("/agent/views/unassigned");
    await page.locator("a[data-row]").first().click();
    await page.waitForURL(/\/agent\/tickets\//);
    const ticket = new URL(page.url()).pathname;
    await page.locator("#ticket h1").focus().catch(() => {});
    await page.keyboard.press("m");
    await page.waitForURL(/\/macros$/);
    await page.locator(".tool-list >> text=Up to somebody who knows more").click();
    await stands(page.locator("#effect >> text=Up to somebody"), "the preview is that of the macro");
    await stands(page.getByText("second-line"), "it says which tag it adds");
    await page.click("text=Use it");
    await page.waitForURL(`**${ticket}`);
    await stands(page.locator(".side .tags >> text=second-line"), "the tag is there");
    await page.locator("#toasts >> text=Undo").click();
    await stands(page.locator("#toasts >> text=Undone"), "the word says so");
    expect((await page.locator(".side .tags >> text=second-line").count()) === 0, "the tag is gone");
  });

  await check("steps are added and ticked off in place", async () => {
    const add = page.getByLabel("Add a step");
    await add.fill("Ring them back");
    await add.press("Enter");
    const step = page.locator(".steps-list button.step", { hasText: "Ring them back" });
    await stands(step, "the step is there");
    await step.click();
    await stands(page.locator(".steps-list button.step[aria-pressed=true]", { hasText: "Ring them back" }), "it is done");
  });

  await check("a field of the desk's own is asked only where it is meant, and wrong values are told beside it", async () => {
    const rosa = await Visitor.of(browser, address, { state: states.requester });
    rosa.meant.add(422);
    await rosa.page.goto("/incidents/new");
    const tag = rosa.page.locator("[data-own='custom.asset_tag']");
    await tag.waitFor({ state: "hidden" });
    await rosa.page.selectOption("[name='custom.device']", "laptop");
    await tag.waitFor({ state: "visible" });
    await rosa.page.fill("#title", "The laptop does not wake up");
    await rosa.page.fill("#description", "Since this morning.");
    await rosa.page.fill("[name='custom.asset_tag']", "12");
    await rosa.page.locator("input[name=hurt][value=blocked]").check({ force: true });
    await rosa.page.click("#incident button[data-look=primary]");
    await stands(rosa.page.locator("[id='custom.asset_tag-error']"), "what is wrong stands beside it");
    await rosa.page.fill("[name='custom.asset_tag']", "HW-10482");
    await rosa.page.click("#incident button[data-look=primary]");
    await rosa.page.waitForURL(/\/tickets\/INC/);
    await stands(rosa.page.getByText("HW-10482"), "the value stands on the ticket");
    await rosa.close();
  });

  await check("a template fills the form, and its steps come with the ticket", async () => {
    await page.goto("/agent/tickets/new");
    const kept = page.waitForResponse((it) => it.url().includes("/v1/me/drafts/new-ticket") && it.request().method() === "PUT" && it.ok());
    await page.fill("#title", "Half a title");
    await kept;
    await page.locator(".templates >> text=New colleague").click();
    await page.waitForURL(/template=/);
    await stands(page.locator(".templates .waits"), "it asks first");
    await page.waitForFunction(() => document.getElementById("title").value === "Half a title");
    await page.locator(".templates .waits a").click();
    await page.waitForFunction(() => document.getElementById("title").value.startsWith("New colleague"));
    await page.fill("#title", "New colleague: Noor");
    await page.click("#new-ticket button[data-look=primary]");
    await page.waitForURL(/\/agent\/tickets\/REQ/);
    await stands(page.locator(".steps-list >> text=Order the laptop"), "the steps are there");
  });
  return [ada];
}
