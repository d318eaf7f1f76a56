// The picture of the console for the README: `node picture.mjs --binary ../../target/debug/lodge --into ../../docs/console.png`.

import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

import { PEOPLE, start } from "./desk.mjs";
import { Visitor } from "./visitor.mjs";

const { values } = parseArgs({
  options: {
    binary: { type: "string", default: "../../target/debug/lodge" },
    browser: { type: "string", default: process.env.CHROMIUM ?? "/usr/bin/chromium" },
    tickets: { type: "string", default: "900" },
    theme: { type: "string", default: "light" },
    into: { type: "string", default: "../../docs/console.png" },
  },
});

const desk = await start(values.binary, values.tickets);
const browser = await chromium.launch({ executablePath: values.browser, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const ada = await Visitor.of(browser, desk.address, { theme: values.theme, width: 1440, height: 900 });
  const { page } = ada;
  await ada.signIn(PEOPLE.agent);
  await page.goto("/agent/views/all?sort=changed");
  // The first ticket on which much was said, with a note among it.
  const numbers = await page.locator(".row .number").allInnerTexts();
  let best;
  for (const number of numbers) {
    await page.goto(`/agent/tickets/${number}`);
    const said = await page.locator(".message").count();
    const notes = await page.locator(".message[data-kind=note]").count();
    const weight = Math.min(said, 5) + (notes ? 4 : 0) + (await page.locator(".tags .tag").count() ? 2 : 0);
    if (!best || weight > best.weight) best = { number, weight };
    if (weight >= 11) break;
  }
  await page.goto(`/agent/tickets/${best.number}`);
  await page.locator("[data-row][aria-current]").waitFor();
  await page.screenshot({ path: values.into });
} finally {
  await browser.close();
  await desk.stop();
}
