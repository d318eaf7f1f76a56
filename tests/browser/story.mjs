// The story of one ticket, told by two people at two browsers: what the requester lodges, the agent sees, answers and solves, and the
// requester sees, without either of them loading a page again.

import { PEOPLE } from "./desk.mjs";
import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const TITLE = "The label printer in the east hall prints blank labels";
const REPLY = "Hello Rosa, please switch it off and on again while I look at its queue.";
const NOTE = "Third time this month: the fuser is worn. Do not tell anybody before the invoice is checked.";

/** A picture of one pixel. */
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

const shown = (page, text) => page.getByText(text).first().waitFor({ state: "visible" });

/** Presses a key until the focused row holds the text. */
async function moveTo(page, text) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate((it) => document.activeElement?.closest("li")?.textContent.includes(it), text)) return;
    await page.keyboard.press("j");
  }
  throw new Error(`no key led to ${text}`);
}

// Sends a note by keys whose answer is held back; what comes back lets the answer through and ends when it is there.
async function noteOnItsWay(page, number, words) {
  const comments = `**/agent/tickets/${number}/comments`;
  let letThrough;
  const held = new Promise((resolve) => (letThrough = resolve));
  await page.route(comments, async (route) => (await held, await route.continue()), { times: 1 });
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("i");
  await page.keyboard.type(words);
  const answered = page.waitForResponse(comments);
  await page.keyboard.press("Control+Enter");
  await page.locator("#composer[aria-busy]").waitFor();
  return async () => {
    letThrough();
    await (await answered).finished();
  };
}

export async function tell(browser, address, states) {
  const rosa = await Visitor.of(browser, address, { state: states.requester });
  const ada = await Visitor.of(browser, address, { state: states.agent });
  let number;

  await check("an agent waits in a list", async () => {
    await ada.page.goto("/agent/views/all?sort=created");
    expect((await ada.page.locator("[data-row]").count()) > 20, "the list has rows");
    await ada.page.evaluate(() => (window.sameDocument = true));
  });

  await check("a requester lodges an incident with a file", async () => {
    await rosa.page.goto("/");
    await rosa.page.click("text=Something is broken");
    await rosa.page.fill("#title", TITLE);
    await rosa.page.fill("#description", "Since this morning. The display says **ready**.");
    await rosa.page.check("input[value=blocked]");
    await rosa.page.setInputFiles("#files", { name: "label photo.png", mimeType: "image/png", buffer: PNG });
    await rosa.page.click("text=Send");
    await rosa.page.waitForURL("**/tickets/INC-*");
    number = rosa.page.url().split("/").pop();
    await shown(rosa.page, TITLE);
    await shown(rosa.page, "label photo.png");
    await stands(rosa.page.locator(".prose strong", { hasText: "ready" }), "Markdown is shown");
    return number;
  });
  if (!number) return [rosa, ada];

  await check("its file comes back, and in no way that a browser runs", async () => {
    const href = await rosa.page.locator("a.file").first().getAttribute("href");
    const answer = await rosa.page.request.get(href);
    expect(answer.ok() && (await answer.body()).equals(PNG), "the bytes are the same");
    const headers = answer.headers();
    expect(headers["x-content-type-options"] === "nosniff", "nosniff");
    expect(headers["content-security-policy"].includes("sandbox"), "sandboxed");
    expect(headers["content-disposition"].includes("filename"), "has a name");
  });

  await check("the agent sees it come without loading the page", async () => {
    const bar = ada.page.locator("[data-new-rows]");
    await bar.waitFor({ state: "visible" });
    await bar.focus();
    await ada.page.keyboard.press("Enter");
    await shown(ada.page, TITLE);
    expect(await ada.page.evaluate(() => window.sameDocument), "the page was loaded again");
  });

  await check("the agent opens it by keys", async () => {
    await moveTo(ada.page, TITLE);
    await ada.page.keyboard.press("Enter");
    await ada.page.waitForURL(`**/agent/tickets/${number}`);
    await ada.page.locator("#ticket h1", { hasText: TITLE }).waitFor();
    expect((await ada.page.locator("#list [data-row]").count()) > 20, "the list stands beside it");
    await stands(ada.page.locator(`#row-${number} [aria-current=true]`), "its row is marked");
    await ada.page.evaluate(() => (window.sameDocument = true));
  });

  await check("the agent replies by keys", async () => {
    await rosa.page.evaluate(() => (window.sameDocument = true));
    await ada.page.keyboard.press("r");
    await ada.page.keyboard.type(REPLY);
    await ada.page.keyboard.press("Control+Enter");
    await shown(ada.page, REPLY);
    expect((await ada.page.inputValue("#composer-body")) === "", "the composer is empty again");
  });

  await check("the requester sees the reply without loading the page", async () => {
    // An answer can be taken back for ten seconds; it is the end of that hold that reaches the reader's page.
    await shown(rosa.page, REPLY);
    expect(await rosa.page.evaluate(() => window.sameDocument), "the page was loaded again");
  });

  await check("the agent writes an internal note by keys", async () => {
    await ada.page.evaluate(() => document.activeElement?.blur());
    await ada.page.keyboard.press("i");
    await ada.page.keyboard.type(NOTE);
    await ada.page.keyboard.press("Control+Enter");
    await ada.page.locator(".message[data-kind=note]", { hasText: NOTE }).waitFor();
  });

  await check("a picture that is pasted stands where it was pasted", async () => {
    await ada.page.evaluate(() => document.activeElement?.blur());
    await ada.page.keyboard.press("i");
    await ada.page.keyboard.type("It looks like this: ");
    const pasted = await ada.page.evaluate((bytes) => {
      const body = document.querySelector("#composer-body");
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([Uint8Array.from(bytes)], "image.png", { type: "image/png" }));
      body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      return body.value;
    }, [...PNG]);
    expect(pasted === "It looks like this: ![](picture-1.png)\n", `it became ${pasted}`);
    await ada.page.keyboard.press("Control+Enter");
    const note = ada.page.locator(".message[data-kind=note]", { hasText: "It looks like this" });
    await note.locator("img[src^='/v1/attachments/']").waitFor();
    const drawn = () => [...document.querySelectorAll(".message[data-kind=note] img")].some((it) => it.complete && it.naturalWidth > 0);
    await ada.page.waitForFunction(drawn);
  });

  await check("what is typed while a message is on its way goes on in the next", async () => {
    const letGo = await noteOnItsWay(ada.page, number, "The first of two.");
    await ada.page.keyboard.type("The second");
    await letGo();
    await ada.page.locator(".message[data-kind=note] p", { hasText: /^The first of two\.$/ }).waitFor();
    await ada.page.locator("#composer:not([aria-busy])").waitFor();
    await ada.page.keyboard.type(" of two.");
    const kept = await ada.page.evaluate(() => {
      const body = document.querySelector("#composer-body");
      return [document.activeElement === body, body.value, document.querySelector("#composer [value=note]").checked];
    });
    expect(JSON.stringify(kept) === JSON.stringify([true, "The second of two.", true]), `it became ${JSON.stringify(kept)}`);
    await ada.page.keyboard.press("Control+Enter");
    await ada.page.locator(".message[data-kind=note]", { hasText: "The second of two." }).waitFor();
    await ada.page.locator("#composer:not([aria-busy])").waitFor();
  });

  await check("what is being written stays a note, word for word, while the ticket changes", async () => {
    await ada.page.evaluate(() => document.activeElement?.blur());
    await ada.page.keyboard.press("i");
    // A browser that keeps no drafts: the words must not depend on them.
    await ada.page.evaluate(() => (Storage.prototype.setItem = () => { throw new Error("full"); }));
    await ada.page.keyboard.type("Half a note, ");
    await rosa.page.fill("#body", "One more thing: the small one works.");
    await rosa.page.setInputFiles("#files", { name: "second.png", mimeType: "image/png", buffer: PNG });
    await rosa.page.click("#reply button[type=submit]");
    await shown(ada.page, "the small one works");
    const kept = await ada.page.evaluate(() => {
      const body = document.querySelector("#composer-body");
      return [document.activeElement === body, body.value, body.selectionStart, document.querySelector("#composer [value=note]").checked];
    });
    expect(JSON.stringify(kept) === JSON.stringify([true, "Half a note, ", 13, true]), `it became ${JSON.stringify(kept)}`);
    await ada.page.keyboard.type("and its other half.");
    await ada.page.keyboard.press("Control+Enter");
    await ada.page.locator(".message[data-kind=note]", { hasText: "Half a note, and its other half." }).waitFor();
    expect(!(await (await rosa.page.request.get(`/tickets/${number}`)).text()).includes("other half"), "the note is in the requester's page");
  });

  await check("the agent takes it by keys, while the answer to a note is still on its way", async () => {
    const letGo = await noteOnItsWay(ada.page, number, "I take it.");
    await ada.page.evaluate(() => document.activeElement?.blur());
    await ada.page.keyboard.press("a");
    await ada.page.keyboard.type("A");
    await letGo();
    // The answer is there, and waits.
    await ada.page.locator("#composer[data-waits=menu]").waitFor();
    expect(await ada.page.locator("#property-assignee:open").count(), "the list of people was taken away while it was open");
    await ada.page.keyboard.type("da");
    await ada.page.keyboard.press("Enter");
    await ada.page.locator(".message[data-kind=note]", { hasText: "I take it." }).waitFor();
    await ada.page.locator("#composer:not([aria-busy])").waitFor();
    await ada.page.locator(".event", { hasText: "took it" }).waitFor();
    await ada.page.locator("#ticket .status[data-category=active]").first().waitFor();
  });

  await check("a second choice while the first is on its way is the one that stays", async () => {
    const priority = `**/agent/tickets/${number}/priority`;
    let letThrough;
    const held = new Promise((resolve) => (letThrough = resolve));
    await ada.page.route(priority, async (route) => (await held, await route.continue()), { times: 1 });
    await ada.page.selectOption("#property-priority", "3");
    await ada.page.locator("form.property[aria-busy]").waitFor();
    await ada.page.selectOption("#property-priority", "2");
    letThrough();
    await ada.page.locator(".event", { hasText: /P3.*P2/ }).first().waitFor();
    await ada.page.locator("form.property:not([aria-busy]) #property-priority").waitFor();
    expect((await ada.page.inputValue("#property-priority")) === "2", "the first choice came back");
  });

  await check("the agent resolves it by keys", async () => {
    await ada.page.evaluate(() => document.activeElement?.blur());
    await ada.page.keyboard.press("e");
    await ada.page.locator("#ticket .status[data-category=resolved]").first().waitFor();
    expect(await ada.page.evaluate(() => window.sameDocument), "a page was loaded on the way");
  });

  await check("the requester sees that it is solved, and never the note", async () => {
    await rosa.page.locator(".standing[data-category=resolved]").waitFor();
    expect(!(await rosa.page.content()).includes("fuser"), "the note is on the requester's page");
    const whole = await rosa.page.request.get(`/tickets/${number}`);
    expect(!(await whole.text()).includes("fuser"), "the note is in the requester's page");
    for (const path of [`/agent/tickets/${number}`, "/agent/views/all", "/agent/search?q=fuser"]) {
      expect((await rosa.page.request.get(path)).status() === 403, `${path} is open to a requester`);
    }
    const all = (await (await ada.page.request.get("/v1/tickets?pageSize=50")).json()).items;
    const others = all.filter((it) => it.requester.name !== "Rosa Delgado").slice(0, 12);
    expect(others.length > 5, "there are tickets of others");
    for (const it of others) {
      const { watchers } = await (await ada.page.request.get(`/v1/tickets/${it.number}`)).json();
      if ((watchers ?? []).some((who) => who.name === "Rosa Delgado")) continue;
      expect((await rosa.page.request.get(`/tickets/${it.number}`)).status() === 404, `${it.number}, another's ticket, is open to a requester`);
    }
  });

  await check("the requester still needs help, and says so", async () => {
    await rosa.page.click("text=I still need help");
    await rosa.page.locator(".standing:not([data-category=resolved])").waitFor();
    await rosa.page.fill("#body", "It prints half a label now.");
    await rosa.page.click("#reply button[type=submit]");
    await shown(rosa.page, "half a label");
    await shown(ada.page, "half a label");
    expect(await ada.page.evaluate(() => window.sameDocument), "the agent's page was loaded again");
  });

  await check("search finds it by its title, its reply, its note and its number", async () => {
    await ada.page.evaluate(() => document.activeElement?.blur());
    await ada.page.keyboard.press("/");
    await ada.page.waitForURL("**/agent/search");
    for (const words of ["blank labels", "switch it off", "fuser worn"]) {
      await ada.page.fill("input[name=q]", words);
      await ada.page.keyboard.press("Enter");
      await ada.page.locator(".hit", { hasText: TITLE }).first().waitFor();
    }
    await ada.page.fill("input[name=q]", number.toLowerCase());
    await ada.page.keyboard.press("Enter");
    await ada.page.waitForURL(`**/agent/tickets/${number}`);
    ada.meant.add(422);
    await ada.page.goto("/agent/search?q=" + encodeURIComponent("statsu:open"));
    await shown(ada.page, "did you mean");
    const theirs = await rosa.page.request.get("/tickets?q=fuser");
    expect(!(await theirs.text()).includes(TITLE), "a requester finds a ticket by a note on it");
  });

  await check("a reply over a newer one is held back, with its words kept", async () => {
    const ben = await Visitor.of(browser, address, { state: states.admin });
    await ben.page.goto(`/agent/tickets/${number}`);
    const token = await ben.page.inputValue("#composer input[name=csrf]");
    await ada.page.goto(`/agent/tickets/${number}`);
    const seen = await ada.page.inputValue("#composer input[name=seen]");
    await ben.post(`/agent/tickets/${number}/comments`, { multipart: { csrf: token, mode: "reply", seen, body: "I am on my way." } });
    await shown(ada.page, "I am on my way.");
    ada.meant.add(409);
    // A form that is being filled in stays as it is, whatever is swapped around it.
    await ada.page.fill("#composer-body", "Somebody comes tomorrow.");
    // What a slow browser would send: it had not seen the newer reply.
    await ada.page.evaluate((it) => (document.querySelector("#composer input[name=seen]").value = it), seen);
    await ada.page.keyboard.press("Control+Enter");
    await ada.page.locator("#composer-error").waitFor();
    expect((await ada.page.inputValue("#composer-body")) === "Somebody comes tomorrow.", "the words are gone");
    await ada.page.focus("#composer-body");
    await ada.page.keyboard.press("Control+Enter");
    await ada.page.locator(".message", { hasText: "Somebody comes tomorrow." }).waitFor();
    await ben.close();
  });

  await check("a change over another's change shows both", async () => {
    ada.meant.add(412);
    await ada.page.evaluate(() => {
      // What a slow browser would send: it saw another priority.
      const select = document.querySelector("#property-priority");
      select.form.was.value = "4";
      select.value = "1";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await shown(ada.page, "when you looked");
  });

  await check("many tickets are changed at once by keys and mouse", async () => {
    await ada.page.goto("/agent/views/unassigned");
    for (const _ of [1, 2]) {
      await ada.page.keyboard.press("j");
      await ada.page.keyboard.press("x");
    }
    await shown(ada.page, "2 selected");
    await ada.page.selectOption("#bulk select[name=priority]", "2");
    await ada.page.fill("#bulk input[name=tag]", "checked");
    await ada.page.click("#bulk button[type=submit]");
    await shown(ada.page, "2 tickets changed.");
    await ada.page.locator("#toasts >> text=Undo").click();
    await shown(ada.page, "Undone");
  });

  await check("the palette leads to a ticket by its number", async () => {
    await ada.page.keyboard.press("Control+k");
    await ada.page.keyboard.type(number.replace(/^INC-0*/, ""));
    await shown(ada.page, `Go to ${number}`);
    await ada.page.keyboard.press("Enter");
    await ada.page.waitForURL(`**/agent/tickets/${number}`);
  });

  await check("a ticket is taken down for somebody, once however often it is sent", async () => {
    await ada.page.keyboard.press("n");
    await ada.page.waitForURL("**/agent/tickets/new");
    await ada.page.fill("#requester", "new.person@harbourworks.example");
    await ada.page.fill("#title", "Cannot hear anybody in meetings");
    await ada.page.fill("#description", "Rang from the lobby.");
    const form = await ada.page.evaluate(() => Object.fromEntries(new FormData(document.querySelector("#new-ticket"))));
    const places = [];
    for (const _ of [1, 2]) {
      const answer = await ada.post("/agent/tickets", { form, maxRedirects: 0 });
      places.push(answer.headers().location);
    }
    expect(places[0]?.startsWith("/agent/tickets/INC-") && places[0] === places[1], `it was lodged twice: ${places}`);
  });

  await check("a session is ended from elsewhere", async () => {
    const elsewhere = await Visitor.of(browser, address);
    await elsewhere.signIn(PEOPLE.requester);
    await rosa.page.goto("/account/sessions");
    await rosa.page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await shown(rosa.page, "Signed out everywhere else.");
    await elsewhere.page.goto("/tickets");
    await elsewhere.page.waitForURL("**/sign-in*");
    await rosa.page.goto("/tickets");
    await shown(rosa.page, "My tickets");
    await elsewhere.close();
  });

  await check("a token is made, shown once, and ended", async () => {
    await rosa.page.goto("/account/tokens");
    await rosa.page.fill("#name", "Robot");
    await rosa.page.getByRole("button", { name: "Make token" }).click();
    const text = await rosa.page.inputValue("#made");
    expect(text.startsWith("lodge_pat_"), `no token: ${text}`);
    const ask = () => fetch(`${address}/v1/me`, { headers: { authorization: `Bearer ${text}` } });
    expect((await ask()).status === 200, "it does not work");
    await rosa.page.getByRole("button", { name: "End Robot" }).click();
    await shown(rosa.page, "The token works no more.");
    expect((await ask()).status === 401, "it works still");
  });

  return [rosa, ada];
}
