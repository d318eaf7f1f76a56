// Languages: one is chosen without a script; a whole way in German; and right to left, where the layout is mirrored, nothing is wider than
// the window, and axe has nothing to say.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { PEOPLE } from "./desk.mjs";
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

export async function read(browser, address, states, tickets, shots) {
  return [await choosing(browser, address), ...(await german(browser, address)), ...(await fromTheRight(browser, address, states, tickets, shots))];
}
