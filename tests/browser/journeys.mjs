// Whole ways through the desk as people go them: with a thumb and in the dark, with keys alone from the door on, past a promise that is
// broken, and up to the wall between two desks.

import { PASSWORD, PEOPLE, start } from "./desk.mjs";
import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const PHONE = { width: 390, height: 844, touch: true, theme: "dark" };
const MINUTE = 60;
const TAB_STOPS_MAX = 120;

const shown = (page, text) => page.getByText(text).first().waitFor({ state: "visible" });

/** Nothing is wider than the screen, and what the thumb aims at is large enough for it. */
async function fitsAThumb(page) {
  const wrong = await page.evaluate(() => {
    const seen = (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && it.getBoundingClientRect().width > 1;
    const small = [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, summary, nav a, a.button")].filter((it) => {
      // What stands in a line of text, or is as large as its label, is reached by that.
      const label = it.labels?.[0];
      const { height } = (label && ["radio", "checkbox"].includes(it.type) ? label : it).getBoundingClientRect();
      return seen(it) && height < 24;
    });
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return [...(wide > 0 ? [`the page is ${wide} px too wide`] : []), ...small.slice(0, 5).map((it) => `${it.localName} ${it.id || it.textContent.trim()} is too small`)];
  });
  expect(wrong.length === 0, `${new URL(page.url()).pathname}: ${wrong.join("; ")}`);
}

async function isDark(page) {
  const light = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
  });
  expect(light < 90, `the page is not dark: ${light}`);
}

/** Goes on by the Tab key to what the test says; on the way, whatever has the focus must show it. */
async function tabTo(page, test, argument) {
  for (let stop = 0; stop < TAB_STOPS_MAX; stop += 1) {
    await page.keyboard.press("Tab");
    const unseen = await page.evaluate(() => {
      const it = document.activeElement;
      if (!it || it === document.body) return "";
      // A row may show the focus of the link in it, a control that of the field.
      for (let at = it; at && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.outlineStyle !== "none" || style.boxShadow !== "none") return "";
      }
      return `${it.localName} ${it.id || it.textContent.trim().slice(0, 40)}`;
    });
    expect(unseen === "", `the focus is not to be seen: ${unseen}`);
    if (await page.evaluate(`(${test})(document.activeElement, ${JSON.stringify(argument ?? null)})`)) return;
  }
  throw new Error(`no Tab led to ${test}`);
}

const says = (it, text) => it?.textContent.includes(text);
const has = (it, id) => it?.id === id;

/** Signs in with keys alone. */
async function knock(page, email) {
  await page.goto("/sign-in");
  await tabTo(page, has, "email");
  await page.keyboard.type(email);
  await tabTo(page, has, "password");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL((it) => it.pathname !== "/sign-in");
}

async function leave(page) {
  await tabTo(page, (it) => it?.getAttribute("popovertarget") === "me");
  await page.keyboard.press("Enter");
  await page.locator("#me:popover-open").waitFor();
  await tabTo(page, (it) => it?.closest("form")?.getAttribute("action") === "/sign-out");
  await page.keyboard.press("Enter");
  await page.locator("a[href='/sign-in'], #email").first().waitFor();
}

async function byThumb(browser, address, states) {
  const rosa = await Visitor.of(browser, address, { ...PHONE });
  const ada = await Visitor.of(browser, address, { ...PHONE, state: states.agent });
  const page = rosa.page;
  const title = "The lift in the north wing stops between floors";
  let number;

  await check("a phone in the dark: the first page answers while one types", async () => {
    await page.goto("/");
    await isDark(page);
    await fitsAThumb(page);
    await page.tap("text=Sign in");
    await page.fill("#email", PEOPLE.requester);
    await page.fill("#password", PASSWORD);
    await page.tap("main button[type=submit]");
    await page.waitForURL((it) => it.pathname !== "/sign-in");
    await page.goto("/");
    await page.tap("main input[name=q]");
    await page.keyboard.type("timesheet");
    await page.locator("#answers .mine a", { hasText: /timesheet/i }).first().waitFor();
    await fitsAThumb(page);
    await page.fill("main input[name=q]", title);
    await page.locator("#answers a[href*='lift']", { hasText: "Report this as broken" }).tap();
    await page.waitForURL("**/incidents/new?*");
    expect((await page.inputValue("#title")) === title, "the words are taken along");
  });

  await check("a phone in the dark: it is lodged, answered and solved with a thumb", async () => {
    await fitsAThumb(page);
    await page.fill("#description", "With people in it. They are out again.");
    await page.locator("label:has(input[value=everybody])").tap();
    await page.tap("form#incident button[data-look=primary]");
    await page.waitForURL("**/tickets/INC-*");
    number = page.url().split("/").pop();
    await isDark(page);
    await fitsAThumb(page);
    await page.fill("#body", "It goes again, for now.");
    await page.tap("#reply button[type=submit]");
    await shown(page, "It goes again, for now.");
  });

  await check("a phone in the dark: an agent takes, answers and resolves it", async () => {
    const page = ada.page;
    await page.goto("/agent/views/all?sort=created");
    await isDark(page);
    await fitsAThumb(page);
    await page.locator("a[data-row]", { hasText: title }).first().tap();
    await page.waitForURL(`**/agent/tickets/${number}*`);
    await page.locator("#composer-body").waitFor();
    await fitsAThumb(page);
    await page.fill("#composer-body", "Somebody is on the way to you.");
    await page.locator("#composer button[data-look=primary]").tap();
    await shown(page, "Somebody is on the way to you.");
    await page.locator("[data-aim=resolve]").first().tap();
    await page.locator("#ticket .status[data-category=resolved]").first().waitFor();
    await rosa.page.locator(".standing[data-category=resolved]").waitFor();
    await rosa.page.tap("text=I still need help");
    await rosa.page.locator(".standing:not([data-category=resolved])").waitFor();
  });
  return [rosa, ada];
}

async function byKeys(browser, address) {
  const rosa = await Visitor.of(browser, address);
  const ada = await Visitor.of(browser, address);
  const title = "My second screen shows everything in green";

  await check("keys alone: a requester signs in, lodges, and leaves", async () => {
    const { page } = rosa;
    await knock(page, PEOPLE.requester);
    await page.goto("/");
    await tabTo(page, says, "Something is broken");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/incidents/new");
    await tabTo(page, has, "title");
    await page.keyboard.type(title);
    await tabTo(page, has, "description");
    await page.keyboard.type("Since I moved the desk.");
    await tabTo(page, (it) => it?.name === "hurt");
    await page.keyboard.press("Space");
    await tabTo(page, (it) => it?.type === "submit" && it.dataset.look === "primary");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/tickets/INC-*");
    await shown(page, title);
    await leave(page);
  });

  await check("keys alone: an agent signs in, finds it, takes it, answers, resolves, and leaves", async () => {
    const { page } = ada;
    await knock(page, PEOPLE.agent);
    await page.goto("/agent");
    await page.keyboard.press("g");
    await page.keyboard.press("u");
    await page.waitForURL("**/agent/views/unassigned*");
    for (let presses = 0; presses < 60; presses += 1) {
      if (await page.evaluate((it) => document.activeElement?.closest("li")?.textContent.includes(it), title)) break;
      await page.keyboard.press("j");
    }
    await page.keyboard.press("Enter");
    await page.locator("#ticket h1", { hasText: title }).waitFor();
    await page.keyboard.press("a");
    await page.keyboard.type("Ada");
    await page.keyboard.press("Enter");
    await page.locator(".event", { hasText: "took it" }).waitFor();
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("r");
    await page.keyboard.type("Please press the cable in until it clicks.");
    await page.keyboard.press("Control+Enter");
    await shown(page, "until it clicks");
    await page.keyboard.press("Escape");
    await page.keyboard.press("e");
    await page.locator("#ticket .status[data-category=resolved]").first().waitFor();
    await page.keyboard.press("?");
    await page.locator("dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await page.waitForURL("**/agent/views/mine*");
    await leave(page);
  });
  return [rosa, ada];
}

async function pastAPromise(browser, binary) {
  const desk = await start(binary, 20, { LODGE_TEST_CLOCK: "1" });
  const visitors = [];
  await check("a promise is broken: whoever has it is warned, the lead hears of it, and the pages show it by themselves", async () => {
    const [ada, tomas] = await Promise.all(
      [PEOPLE.agent, PEOPLE.lead].map(async (email) => {
        const visitor = await Visitor.of(browser, desk.address);
        await visitor.signIn(email);
        visitors.push(visitor);
        return visitor;
      }),
    );
    const answer = await tomas.page.request.post("/v1/tickets", {
      headers: { origin: desk.address },
      data: { title: "Nobody can pay at the gates", requester: PEOPLE.requester, priority: 1, queue: "Workplace", assignee: PEOPLE.agent },
    });
    expect(answer.ok(), `lodged: ${answer.status()} ${await answer.text()}`);
    const { number } = await answer.json();
    const told = (visitor) => visitor.page.locator(".toast", { hasText: number });
    // The clock goes forward, and a change wakes whoever waits for an instant.
    const later = async (minutes) => {
      desk.run(["clock", "--ahead", String(minutes * MINUTE)]);
      const woken = await tomas.page.request.patch(`/v1/tickets/${number}`, { headers: { origin: desk.address }, data: { tags: [`after-${minutes}`] } });
      expect(woken.ok(), `changed: ${woken.status()}`);
    };
    await ada.page.goto("/agent/views/mine");
    await tomas.page.goto("/agent/views/breached");
    await tomas.page.evaluate(() => (window.sameDocument = true));
    expect(!(await tomas.page.locator(`#row-${number}`).count()), "it is breached before its time");
    await later(24);
    await told(ada).first().waitFor();
    await later(31);
    await stands(tomas.page.locator(".toast", { hasText: number }), "the lead is told");
    await ada.page.goto("/agent/views/breached");
    await ada.page.locator(`#row-${number}`).waitFor();
    await ada.page.goto(`/agent/tickets/${number}/history`);
    await shown(ada.page, "breached");
    expect(await tomas.page.evaluate(() => window.sameDocument), "the page was loaded again");
    await tomas.page.locator("#bell").click();
    await tomas.page.locator("#newest-notices .notice", { hasText: number }).first().waitFor();
  });
  for (const it of visitors) await it.page.goto("about:blank");
  await desk.stop();
  return visitors;
}

async function toTheWall(browser, address, states, tickets) {
  const there = address.replace("127.0.0.1", "acme.localhost");
  const wile = await Visitor.of(browser, there);
  await check("two desks on one machine: neither sees what is the other's", async () => {
    const { page } = wile;
    await page.goto("/sign-in");
    await page.fill("#email", "wile@acme.example");
    await page.fill("#password", "a desk of our own");
    await page.click("main button[type=submit]");
    await page.waitForURL((it) => it.pathname !== "/sign-in");
    wile.meant.add(404);
    for (const path of [`/agent/tickets/${tickets.mine}`, `/tickets/${tickets.mine}`, `/v1/tickets/${tickets.mine}`]) {
      expect((await page.evaluate(async (it) => (await fetch(it)).status, path)) === 404, `${path} is open to another desk`);
    }
    await page.goto("/agent/views/all");
    expect(!(await page.locator("a[data-row]").count()), "tickets of another desk are listed");
    await page.goto("/agent/search?q=printer");
    expect(!(await page.locator(".hit").count()), "tickets of another desk are found");
    await page.goto("/agent/admin/people");
    expect(!(await page.content()).includes("harbourworks.example"), "people of another desk are listed");
    // The key of one house opens no other, however it got there.
    const stranger = await Visitor.of(browser, there);
    await stranger.context.addCookies(states.admin.cookies.map((it) => ({ ...it, domain: "acme.localhost" })));
    await stranger.page.goto("/agent/views/all");
    expect(new URL(stranger.page.url()).pathname === "/sign-in", "a session of another desk is taken");
    await stranger.close();
  });
  return [wile];
}

export async function travel(browser, { address, binary }, states, tickets) {
  return [
    ...(await byThumb(browser, address, states)),
    ...(await byKeys(browser, address)),
    ...(await pastAPromise(browser, binary)),
    ...(await toTheWall(browser, address, states, tickets)),
  ];
}
