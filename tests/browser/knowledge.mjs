// The knowledge base: an article that spares a ticket, a visitor's vote without a script, an article made from a ticket, published, changed,
// compared and brought back, and put on a ticket as its answer.

import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

/** One pixel. */
const PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

async function write(page) {
  await page.goto("/agent/views/all");
  const ticket = (await page.locator("a[data-row]").first().getAttribute("href")).split("?")[0];
  const number = ticket.split("/").pop();
  await page.goto(ticket);
  await page.click("[popovertarget=ticket-more]");
  await page.click("#ticket-more >> text=Make an article from it");
  await stands(page.getByText(`Made from ${number}`), "it says where it comes from");
  expect((await page.inputValue("#title")).length > 3, "the title is the ticket's");
  await page.fill("#title", "Zebra stripes on printed pages");
  await page.fill("#summary", "Clean the drum, then print a test page.");
  await page.fill("#body", "## Clean it\n\nOpen the lid.\n\n## Test it\n\nPrint a page.");
  await page.click("text=Save as draft");
  await page.waitForURL(/\/agent\/knowledge\/[0-9a-f-]{36}$/);
  await stands(page.locator(`.article-known a[href="${ticket}"]`), "the ticket stands beside it");
  return { article: new URL(page.url()).pathname, ticket };
}

export async function walk(browser, address, states) {
  const rosa = await Visitor.of(browser, address, { state: states.requester });
  const ada = await Visitor.of(browser, address, { state: states.agent });
  const tomas = await Visitor.of(browser, address, { state: states.lead });
  const plain = await Visitor.of(browser, address, { plain: true, width: 390, height: 844 });

  await check("an article that fits is shown while one writes, and spares the ticket", async () => {
    await rosa.page.goto("/incidents/new");
    await rosa.page.fill("#title", "VPN drops again");
    await rosa.page.locator("#title").pressSequentially(" ");
    const offered = rosa.page.locator("#alike .article-answers a").first();
    await stands(offered, "an article is offered");
    await offered.click();
    await rosa.page.waitForURL("**/knowledge/**");
    await rosa.page.click("text=No, go on with my ticket");
    await rosa.page.waitForURL("**/incidents/new");
    await rosa.page.waitForFunction(() => document.querySelector("#title").value.includes("VPN drops"));
    await rosa.page.goBack();
    await rosa.page.click("text=Yes, I need no ticket");
    await stands(rosa.page.getByText("No ticket was lodged"), "it says so");
    await rosa.page.goto("/incidents/new");
    expect((await rosa.page.inputValue("#title")) === "", "what was begun is gone");
  });

  await check("a visitor reads what is public, and votes without a script", async () => {
    await plain.page.goto("/knowledge/the-vpn-keeps-dropping");
    await stands(plain.page.locator(".contents a >> nth=2"), "a long one has a table of contents");
    await plain.page.click("button[name=helped][value=yes]");
    await stands(plain.page.getByText("Thank you."), "the vote is taken");
    await plain.page.goto("/knowledge/add-a-printer");
    expect(new URL(plain.page.url()).pathname === "/sign-in", "what is not public asks for a sign-in");
  });

  let made;
  await check("an agent makes an article from a ticket, and a lead publishes it", async () => {
    made = await write(ada.page);
    await ada.page.click("text=Send to review");
    await stands(ada.page.getByText("It waits for review."), "it waits");
    await tomas.page.goto("/agent/knowledge?state=review");
    await tomas.page.click("text=Zebra stripes on printed pages");
    await tomas.page.click("button[value=published]");
    await stands(tomas.page.getByText("It is published."), "it is published");
    await rosa.page.goto("/knowledge?q=zebra");
    await rosa.page.click("text=Zebra stripes on printed pages");
    await stands(rosa.page.locator("article h1"), "she reads it");
  });

  await check("a change is a revision that can be compared and taken back", async () => {
    await tomas.page.goto(`${made.article}/edit`);
    await tomas.page.fill("#body", "## Clean it\n\nOpen the rear lid.\n\n## Test it\n\nPrint a page.");
    await tomas.page.fill("#note", "Which lid");
    await tomas.page.click("form#article-form button[data-look=primary]");
    await tomas.page.goto(`${made.article}/revisions`);
    await stands(tomas.page.locator("ins", { hasText: "Open the rear lid." }), "what came");
    await stands(tomas.page.locator("del", { hasText: "Open the lid." }), "what went");
    await tomas.page.click("text=Restore");
    await stands(tomas.page.getByText("Restored from revision 1"), "it is back");
  });

  await check("a picture is put to an article, readers see it, and nobody else has it", async () => {
    const lid = { name: "lid.png", mimeType: "image/png", buffer: Buffer.from(PICTURE, "base64") };
    await tomas.page.goto(`${made.article}/edit`);
    await tomas.page.setInputFiles("#files", [lid, { name: "form.txt", mimeType: "text/plain", buffer: Buffer.from("Drum, toner, other") }]);
    await tomas.page.fill("#body", "## Clean it\n\n![The rear lid](lid.png)\n\n## Test it\n\nPrint a page.");
    await tomas.page.click("form#article-form button[data-look=primary]");
    await tomas.page.waitForURL(`**${made.article}`);
    await stands(tomas.page.locator(".known-files li", { hasText: "lid.png" }).getByText("in the text"), "the text shows it");
    await rosa.page.goto("/knowledge?q=zebra");
    await rosa.page.click("text=Zebra stripes on printed pages");
    const picture = rosa.page.locator('article img[alt="The rear lid"]');
    await stands(picture, "she sees it");
    expect((await picture.evaluate((it) => it.decode().then(() => it.naturalWidth))) === 1, "it is the picture");
    expect((await picture.getAttribute("width")) === "1", "its place is there before it is");
    await stands(rosa.page.locator(".article-files a", { hasText: "form.txt" }), "the other file stands below");
    const source = await picture.getAttribute("src");
    plain.meant.add(401);
    const answer = await plain.page.goto(source);
    expect(new URL(answer.url()).pathname === "/sign-in" || answer.status() === 401, "a visitor does not");
    await tomas.page.click(".known-files li:has-text('form.txt') form button");
    await stands(tomas.page.getByText("form.txt was removed"), "it is gone");
    await stands(tomas.page.locator(".known-files li"), "one is left");
  });

  await check("a picture that is pasted gets a name that no other has", async () => {
    await tomas.page.goto(`${made.article}/edit`);
    await tomas.page.focus("#body");
    // Visitors prefer the source, so that they can fill it.
    await tomas.page.click(".to-editor");
    const editor = tomas.page.locator(".ProseMirror");
    await stands(editor.locator("img"), "what is there is drawn");
    const name = await editor.evaluate((it, picture) => {
      const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], "image.png", { type: "image/png" }));
      it.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      return document.querySelector("#files").files[0]?.name;
    }, PICTURE);
    expect(/^picture-\d+\.png$/.test(name), `it is a file of the form: ${name}`);
    await stands(editor.locator(`img[src^="blob:"]`), "it is drawn");
  });

  await check("an article is put on a ticket as its answer", async () => {
    await ada.page.goto(`/agent/knowledge?ticket=${made.ticket.split("/").pop()}&q=zebra`);
    await ada.page.click(".articles form button");
    await ada.page.waitForURL(`**${made.ticket}`);
    await stands(ada.page.locator("aside.side >> text=Zebra stripes on printed pages"), "it stands at the side");
  });
  return [rosa, ada, tomas, plain];
}
