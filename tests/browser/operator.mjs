// The pages of an operator without a script: a second desk is made for somebody who gets in by a link, suspended, resumed and handed
// out; one's own desk is not taken from under one's feet. What was made is what the pages are looked at with.

import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const DESKS = "/operator/desks";

/** Gives the addresses of the desk that was made, and of the operator's own. */
export async function lookAfter(browser, address, states) {
  const max = await Visitor.of(browser, address, { state: states.admin, plain: true });
  max.meant.add(409).add(422);
  const page = max.page;
  const made = {};
  const here = () => new URL(page.url()).pathname;

  await check("operator: one's own desk gets its host names, and keeps them", async () => {
    await page.goto("/agent/admin/people");
    await page.click(".rail a[href='/operator/desks']");
    await page.click("text=main");
    made.own = here();
    await page.fill("#hosts", "127.0.0.1\nlocalhost");
    await page.click("#desk .send button");
    await page.fill("#hosts", "localhost");
    await page.click("#desk .send button");
    await stands(page.locator("#hosts-error"), "taking a host name away is refused beside the field");
    expect(!(await page.locator("text=Delete this desk").count()), "one's own desk is not deleted from here");
  });

  await check("operator: a desk is made, and its owner gets in by a link that is shown once", async () => {
    await page.goto(`${DESKS}/new`);
    await page.fill("#title", "Acme IT");
    await page.fill("#name", "acme");
    await page.fill("#hosts", "acme.localhost");
    await page.fill("#plan", "Gold, 50 agents");
    await page.fill("#email", "wile@acme.example");
    await page.fill("#owner_name", "Wile Coyote");
    await page.click("#desk .send button");
    const link = await page.inputValue("#link");
    expect(link.includes("acme.localhost") && link.includes("/invitation/"), link);
    await page.goto(DESKS);
    await page.click("text=acme >> nth=0");
    made.desk = here();
    expect(!(await page.content()).includes(link), "it is shown once");
    await page.goto(link);
    await page.fill("input[name=password]", "a desk of our own");
    await page.click("main form button[type=submit]");
    expect(here() === "/sign-in", here());
  });

  await check("operator: a desk is suspended, handed out and resumed", async () => {
    await page.goto(made.desk);
    await page.click("summary:has-text('Suspend')");
    await page.click("details:has-text('Suspend') button");
    await stands(page.locator(".page-header .badge:has-text('Suspended')"), "the page says so");
    const download = page.waitForEvent("download");
    await page.click("text=Export");
    expect((await download).suggestedFilename().startsWith("acme-"), (await download).suggestedFilename());
    expect(!(await (await download).failure()), await (await download).failure());
    await page.click("button:has-text('Resume')");
    await stands(page.locator(".page-header .badge:has-text('Active')"), "and that it is open again");
  });

  await check("operator: nothing is deleted by mistake", async () => {
    await page.goto(made.desk);
    await page.click("summary:has-text('Delete this desk')");
    await page.fill("#confirm", "main");
    await page.click("details:has-text('Delete') button");
    await stands(page.locator(".banner:has-text('Repeat its name')"), "the wrong name is told");
    made.refused = here();
  });

  await max.close();
  return made;
}
