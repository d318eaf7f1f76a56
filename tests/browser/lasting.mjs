// What lasts: a template that is lodged on a schedule and is looked at before it is saved, a feed that a calendar reads until it is revoked, a
// ticket on paper with and without notes, and a ticket as it was.

import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

export async function walk(browser, address, states) {
  const admin = await Visitor.of(browser, address, { state: states.admin });
  admin.meant.add(422);
  const ada = await Visitor.of(browser, address, { state: states.agent });

  for (const plain of [false, true]) {
    const how = plain ? "without a script" : "with a script";
    await check(`a schedule shows its next times before it is saved, ${how}`, async () => {
      const who = plain ? await Visitor.of(browser, address, { state: states.admin, plain: true }) : admin;
      const page = who.page;
      await page.goto("/agent/admin/recurring-tickets/new");
      await page.fill("#name", `Certificates ${how}`);
      await page.selectOption("#template", { label: "Backups of the week" });
      await page.selectOption("#rhythm", "day");
      await page.locator(".when-weekly").waitFor({ state: "hidden" });
      await page.selectOption("#place", "5");
      await page.selectOption("#day", "fri");
      await page.fill("#at", "16:30");
      await page.getByRole("button", { name: "Show the next times" }).click();
      const times = page.locator(".next-times li");
      await stands(times.nth(4), "five times are shown");
      for (const text of await times.allTextContents()) expect(text.includes("Fri") && text.includes("16:30"), `it says ${text}`);
      expect((await page.inputValue("#name")) === `Certificates ${how}`, "what was typed stays");
      await page.click("button[data-look=primary]");
      await page.waitForURL(/\/recurring-tickets$/);
      await stands(page.getByRole("link", { name: `Certificates ${how}` }), "it is in the list");
      if (plain) await who.close();
    });
  }

  await check("one is lodged now, and its history says that a schedule did it", async () => {
    const page = admin.page;
    await page.goto("/agent/admin/recurring-tickets");
    await page.getByRole("link", { name: "Backups of the week" }).click();
    await page.getByRole("button", { name: "Lodge one now" }).click();
    await page.waitForURL(/\/agent\/tickets\/REQ/);
    await page.goto(`${page.url()}/history`);
    await stands(page.getByText("lodged it on schedule"), "the history says so");
  });

  await check("a feed has an address that is shown once, is read without signing in, and can be revoked", async () => {
    const page = ada.page;
    await page.goto("/account/calendars");
    await page.fill("#name", "My telephone");
    await page.getByRole("button", { name: "Make the feed" }).click();
    const feed = await page.inputValue("#made");
    const got = await fetch(feed);
    expect(got.status === 200 && (await got.text()).startsWith("BEGIN:VCALENDAR"), `the feed answers ${got.status}`);
    await page.goto("/account/calendars");
    expect((await page.locator("#made").count()) === 0, "the address is not shown again");
    await page.getByRole("button", { name: "Revoke My telephone" }).click();
    await stands(page.getByText("answers no more"), "the word says so");
    expect((await fetch(feed)).status === 404, "the address answers no more");
  });

  await check("a ticket on paper has notes only where they are asked for, and a PDF", async () => {
    const page = ada.page;
    await page.goto("/agent/views/all");
    await page.locator("a[data-row]").first().click();
    await page.waitForURL(/\/agent\/tickets\//);
    await page.locator(".ticket-actions").getByRole("button", { name: "More" }).click();
    await page.locator(".ticket-actions").getByRole("link", { name: "Print" }).click();
    await page.waitForURL(/\/print$/);
    await stands(page.locator(".sheet dl.facts"), "the properties stand there");
    expect((await page.locator("[data-kind=note]").count()) === 0, "no note stands there unasked");
    await page.getByRole("link", { name: "With internal notes" }).click();
    await page.waitForURL(/notes=on/);
    const pdf = await page.getByRole("link", { name: "PDF" }).getAttribute("href");
    const answer = await page.request.get(pdf);
    expect(answer.status() === 200 && (await answer.body()).subarray(0, 5).toString() === "%PDF-", "it is a PDF");
  });

  await check("each line of the history leads to the ticket as it was then", async () => {
    const page = ada.page;
    await page.getByRole("link", { name: "Back to the ticket" }).click();
    await page.locator(".tabs").getByRole("link", { name: "History" }).click();
    await page.locator("a.as-of").last().click();
    await page.waitForURL(/\/history\/\d+$/);
    await stands(page.getByText("What this page cannot know"), "it says what it cannot know");
    const later = page.getByRole("link", { name: "Event after" });
    if (await later.count()) await later.click();
    await stands(page.locator(".sheet dl.facts"), "the properties of then stand there");
  });
  return [admin, ada];
}
