// The portal without a script: everything that a requester needs works with forms and links alone.

import { PEOPLE } from "./desk.mjs";
import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

export async function walk(browser, address) {
  const rosa = await Visitor.of(browser, address, { plain: true, width: 390, height: 844 });
  const page = rosa.page;
  // The wrong password below.
  rosa.meant.add(401);

  await check("without a script: the first page, and the door that leads back", async () => {
    await page.goto("/");
    await page.click("text=I need something");
    await page.waitForURL("**/sign-in?next=*");
    await page.fill("#email", PEOPLE.requester);
    await page.fill("#password", "wrong");
    await page.click("main button[type=submit]");
    await stands(page.getByText("is wrong"), "a wrong password is told");
    expect((await page.inputValue("#email")) === PEOPLE.requester, "the address is kept");
  });

  await check("without a script: signing in leads to where one wanted", async () => {
    await rosa.signIn(PEOPLE.requester);
    await page.goto("/requests/new");
    await stands(page.locator("#title"), "the form is there");
  });

  await check("without a script: an empty form is refused with a reason beside the field", async () => {
    const token = await page.inputValue("#request input[name=csrf]");
    const answer = await rosa.post("/requests/new", { multipart: { csrf: token, title: " ", description: "x", once: "one" } });
    expect(answer.status() === 422 && (await answer.text()).includes("title-error"), `status ${answer.status()}`);
    const forged = await rosa.post("/requests/new", { multipart: { csrf: "forged", title: "a", description: "x", once: "two" } });
    expect(forged.status() === 403, `a form without the token is taken: ${forged.status()}`);
  });

  await check("without a script: what is known already is shown when one asks for it, and nothing that was written is lost", async () => {
    await page.goto("/incidents/new");
    await page.fill("#title", "Timesheet is unavailable");
    await page.fill("#description", "Every page of Timesheet says service unavailable.");
    // Words inside `noscript` are none to a search for text.
    await page.click("button[name=look]");
    expect(await page.getByText("It may be one of these").count(), "her own ticket about it is shown");
    expect(await page.getByText("Timesheet is down since this morning").count(), "and what is known to be broken");
    expect((await page.inputValue("#description")).includes("service unavailable"), "what was written is kept");
    await page.click('#alike .panel a[href^="/tickets/"] >> nth=0');
    expect(await page.getByText("Many have this").count(), "the ticket says what it is a part of");
    await page.goto("/requests/new");
    expect(await page.getByText("Timesheet is down since this morning").count(), "the other form knows of it as well");
  });

  await check("without a script: a request is lodged, answered, solved and opened again", async () => {
    await page.fill("#title", "A second screen for the workshop");
    await page.fill("#description", "For the drawings.");
    await page.click("text=Send the request");
    await page.waitForURL("**/tickets/REQ-*");
    await stands(page.getByText("Thank you."), "it says that it was lodged");
    await page.fill("#body", "It may be an old one.");
    await page.click("#reply button[type=submit]");
    await stands(page.getByText("an old one"), "the answer is shown");
    await page.click("text=This is solved");
    await stands(page.locator(".standing[data-category=resolved]"), "it is solved");
    await page.click("text=I still need help");
    expect(await page.locator(".standing[data-category=resolved]").count() === 0, "it is open again");
  });

  await check("without a script: one's tickets, the search in them, and out", async () => {
    await page.goto("/tickets");
    await stands(page.getByText("A second screen for the workshop"), "it is listed");
    await page.fill("input[name=q]", "second screen");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/tickets?q=*");
    await stands(page.getByText("A second screen for the workshop"), "it is found");
    await page.goto("/");
    await page.click(".who");
    await page.click("text=Sign out");
    await stands(page.locator("a[href='/sign-in']"), "nobody is signed in");
    await page.goto("/tickets");
    expect(new URL(page.url()).pathname === "/sign-in", "one's tickets are closed again");
  });
  return rosa;
}
