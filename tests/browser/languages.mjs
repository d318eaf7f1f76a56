// Languages: one is chosen without a script; a whole way in German; and right to left, where the layout is mirrored, nothing is wider than
// the window, and axe has nothing to say.

import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { PEOPLE } from "./desk.mjs";
import { everything } from "./pages.mjs";
import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function choosing(browser, address) {
  const plain = await Visitor.of(browser, address, { plain: true, width: 390, height: 844 });
  const { page } = plain;
  await check("without a script: a language is chosen in the foot and stays", async () => {
    await page.goto("/sign-in?next=%2Ftickets");
    expect((await page.getAttribute("html", "lang")) === "en", "the browser asks for English");
    await page.click("footer >> text=Deutsch");
    await page.waitForURL("**/sign-in?next=%2Ftickets");
    expect((await page.getAttribute("html", "lang")) === "de", "the page is in German");
    await stands(page.getByRole("heading", { name: "Anmelden" }), "its heading is German");
    await page.goto("/forgot");
    await stands(page.getByRole("heading", { name: "Passwort vergessen?" }), "and so is the next page");
    await page.click("footer >> text=العربية");
    expect((await page.getAttribute("html", "dir")) === "rtl", "Arabic is read from the right");
    await page.goto("/language?to=xx&next=https://elsewhere.example/");
    expect(new URL(page.url()).pathname === "/" && (await page.getAttribute("html", "lang")) === "ar", "nothing unknown is chosen, and no link leads out");
  });
  return plain;
}

async function german(browser, address) {
  const rosa = await Visitor.of(browser, address, { locale: "de-DE" });
  const ada = await Visitor.of(browser, address, { locale: "de-DE" });
  let number;
  await check("in German: somebody lodges an incident and is told so", async () => {
    const { page } = rosa;
    await rosa.signIn(PEOPLE.requester);
    await page.goto("/");
    await page.click("text=Etwas ist kaputt");
    await page.fill("#title", "Der Beamer im Sitzungssaal bleibt dunkel");
    await page.fill("#description", "Seit heute früh, auch mit anderem Kabel.");
    await page.check("input[name=hurt][value=annoying]", { force: true });
    await page.click("main form button[type=submit].button[data-look=primary]");
    await page.waitForURL("**/tickets/INC-*");
    number = new URL(page.url()).pathname.split("/").pop();
    await stands(page.getByText("Danke."), "it is thanked for in German");
    await stands(page.getByText("gerade eben"), "and the time is said in German");
  });
  await check("in German: an agent takes it, answers, and sets its state", async () => {
    const { page } = ada;
    await ada.signIn(PEOPLE.agent);
    await page.goto(`/agent/tickets/${number}`);
    for (const words of ["Meine Arbeit", "Eigenschaften", "Dringlichkeit", "Interne Notiz"]) await stands(page.getByText(words), words);
    const statuses = await page.locator("#property-status option").allTextContents();
    expect(statuses.includes("In Arbeit"), `states that came with the desk are German: ${statuses}`);
    await page.fill("#composer-body", "Ich bringe eine neue Lampe.");
    await stands(page.getByText("Entwurf gespeichert"), "the script speaks German");
    await page.click(".composer button[type=submit][data-look=primary]");
    await stands(page.locator(".message", { hasText: "Ich bringe eine neue Lampe." }), "the answer stands");
    await page.goto(`/agent/tickets/${number}/history`);
    await stands(page.getByText("hat das Ticket gemeldet"), "its history is told in German");
  });
  await check("in German: a search that cannot be read is refused in German", async () => {
    const { page } = ada;
    ada.meant.add(422);
    await page.goto("/agent/search?q=status%3Anirgends");
    const said = await page.textContent("main");
    expect(/gibt es nicht|nirgends/.test(said) && !/There is no/.test(said), said.slice(0, 200));
  });
  return [rosa, ada];
}

/** What is wrong with a page that is read from the right. */
async function mirrored(visitor, path, shots) {
  const { page } = visitor;
  await page.goto(path);
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const root = document.documentElement;
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    const rail = document.querySelector(".rail")?.getBoundingClientRect();
    return {
      dir: getComputedStyle(root).direction,
      over: root.scrollWidth - root.clientWidth,
      railRight: !rail || innerWidth < 900 || rail.left > innerWidth / 2,
      violations: violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target).join(" ")}`),
    };
  });
  if (shots) await page.screenshot({ path: join(shots, `rtl-${path.replace(/\W+/g, "-")}-${page.viewportSize().width}.png`) });
  expect(found.dir === "rtl", `${path} is not read from the right`);
  expect(found.over <= 0, `${path} is ${found.over} px wider than its window`);
  expect(found.railRight, `the rail of ${path} is not at the right`);
  expect(found.violations.length === 0, `${path}: ${found.violations.join("\n")}`);
}

async function fromTheRight(browser, address, states, tickets, shots) {
  const visitors = [];
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await check(`right to left, ${width} px wide: mirrored, within the window, and accessible`, async () => {
      const nobody = await Visitor.of(browser, address, { locale: "ar", width, height });
      const rosa = await Visitor.of(browser, address, { locale: "ar", width, height, state: states.requester });
      const ada = await Visitor.of(browser, address, { locale: "ar", width, height, state: states.agent });
      visitors.push(nobody, rosa, ada);
      await mirrored(nobody, "/sign-in", shots);
      for (const path of ["/", "/incidents/new", "/tickets", `/tickets/${tickets.mine}`, "/account"]) await mirrored(rosa, path, shots);
      for (const path of ["/agent/views/all", `/agent/tickets/${tickets.rich}`, "/agent/tickets/new"]) await mirrored(ada, path, shots);
    });
  }
  return visitors;
}

/** The phrases of a language that need no arguments, by id. */
async function phrases(language) {
  const folder = new URL(`../../locales/${language}/`, import.meta.url);
  const found = new Map();
  for (const name of await readdir(folder)) {
    for (const line of (await readFile(new URL(name, folder), "utf8")).split("\n")) {
      const [, id, text] = line.match(/^([a-z][\w-]*) = (.+)$/) ?? [];
      if (id && !text.includes("{")) found.set(id, text.trim());
    }
  }
  return found;
}

/** What the desk's people named themselves, and what stands for everybody as it is written. */
const OF_NOBODYS_TONGUE = new Set(["Lodge", "Service desk", "Hardware", "Software", "Network", "Accounts", "Incidents", "Requests", "Office hours", "Monitoring", "Device", "Phone", "Something else", "English"]);
/** The same on some pages only: a department, categories, the head of a mail as it came. */
const OWN_NAMES = [["/agent/admin/departments", "People"], ["/agent/admin/categories", "Password"], ["/agent/admin/categories", "Move"], ["/agent/admin/categories", "Restore"], ["/agent/admin/fields", "Restore"], ["/agent/admin/fields", "Password"], ["/agent/admin/fields", "Move"], ["/agent/admin/mail/", "From"], ["/agent/admin/mail/", "To"], ["/agent/admin/mail/", "Subject"]];

/** The texts of a page that are, word for word, English phrases which are called otherwise in German. */
async function leftInEnglish(page, english, german) {
  const texts = await page.evaluate(() => {
    const found = [];
    const skip = "script, style, code, pre, textarea, [lang]:not(html), .message, .prose, .mail, [data-own]";
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let it = walk.nextNode(); it; it = walk.nextNode()) if (!it.parentElement.closest(skip)) found.push(it.data);
    for (const it of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      if (!it.closest(skip)) for (const name of ["aria-label", "title", "placeholder"]) found.push(it.getAttribute(name) ?? "");
    }
    return [document.title.split(" · ")[0], ...found].map((it) => it.trim().replaceAll(/\s+/g, " ")).filter((it) => it.length > 1);
  });
  return [...new Set(texts)].filter((it) => english.has(it) && !german.has(it) && !OF_NOBODYS_TONGUE.has(it));
}

/** Every page in German: nothing on it is still English. */
async function toTheEnd(browser, address, states, tickets) {
  const [en, de] = [await phrases("en"), await phrases("de")];
  const english = new Set([...en].filter(([id, text]) => de.has(id) && de.get(id) !== text).map(([, text]) => text));
  const german = new Set(de.values());
  const visitors = [];
  for (const [who, pages] of everything(tickets)) {
    const visitor = await Visitor.of(browser, address, { locale: "de-DE", state: states[who] });
    visitors.push(visitor);
    await check(`in German: no page for ${who ?? "nobody"} has a word of English`, async () => {
      const left = [];
      for (const [name, path, meant] of pages) {
        if (name === "styleguide") continue;
        if (meant) visitor.meant.add(meant);
        await visitor.page.goto(path);
        const all = await leftInEnglish(visitor.page, english, german);
        const found = all.filter((it) => !OWN_NAMES.some(([place, name]) => path.startsWith(place) && it === name));
        if (found.length) left.push(`${path}: ${found.join(" | ")}`);
      }
      expect(left.length === 0, left.join(" · "));
    });
  }
  return visitors;
}

export async function read(browser, address, states, tickets, shots) {
  return [
    await choosing(browser, address),
    ...(await german(browser, address)),
    ...(await toTheEnd(browser, address, states, tickets)),
    ...(await fromTheRight(browser, address, states, tickets, shots)),
  ];
}
