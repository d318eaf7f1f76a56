// The beginning and the shape of a desk: an empty server is set up by its founder, question by question, one of them left for later; a
// feature is switched off and is away everywhere; and how pages look is the same on every machine.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort } from "./desk.mjs";
import { violations } from "./pages.mjs";
import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const START_MILLIS = 60_000;

/** An empty server, and the link that it prints. */
async function empty(binary) {
  const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), "lodge-begin-"))];
  const env = { ...process.env, LODGE_LISTEN: `127.0.0.1:${port}`, LODGE_DATA_DIR: join(folder, "data"), LODGE_SMTP__FOLDER: join(folder, "mail") };
  const child = spawn(binary, ["serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((done) => child.once("exit", done));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (it) => (said += it));
  const until = Date.now() + START_MILLIS;
  while (!/\/start\/[\w-]+/.test(said)) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`no link was printed:\n${said.slice(-2000)}`);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  return { address: `http://127.0.0.1:${port}`, link: said.match(/\/start\/[\w-]+/)[0], stop };
}

async function founding(browser, binary) {
  const desk = await empty(binary);
  const fay = await Visitor.of(browser, desk.address, { plain: true, width: 390, height: 844 });
  fay.meant.add(422);
  const { page } = fay;
  const go = () => page.click("#question button[type=submit]");
  try {
    await check("without a script: an empty desk says where its beginning is, and lets nobody else in", async () => {
      await page.goto("/");
      await stands(page.getByText("The server printed a link"), "it says so");
      await page.goto("/start/guessed");
      await stands(page.getByText("The server printed a link"), "a guess leads nowhere");
    });
    await check("the founder gives it a name, and is asked four more questions", async () => {
      await page.goto(desk.link);
      await page.fill("#desk", "Birch IT");
      await page.fill("#name", "Fay Holm");
      await page.fill("#email", "fay@birch.example");
      await page.fill("#password", "short");
      await page.click("main button[type=submit]");
      await stands(page.locator("#password-error"), "a short password is refused, beside the field");
      expect((await page.inputValue("#desk")) === "Birch IT", "what was typed stays");
      await page.fill("#password", "kettle orbit mango");
      await page.click("main button[type=submit]");
      await page.waitForURL("**/agent/admin/start");
      await stands(page.getByText("Still to set up"), "and says what is missing");
      await page.click("text=Go on");
      await stands(page.getByRole("heading", { name: "When do you work?" }), "the second question comes");
      await page.fill("#timeZone", "Europe/Berlin");
      await page.fill("#from", "08:00");
      await page.fill("#until", "16:30");
      await page.selectOption("#country", "DE");
      await go();
      await stands(page.getByRole("heading", { name: "To which address do people write?" }), "then the third");
      await page.click("text=Later");
      await page.fill("#people", "ines@birch.example");
      await go();
      await stands(page.getByText("Hand these links over"), "without an address of its own the desk shows the link");
      await stands(page.getByText("/invitation/"), "which is there");
      await page.click("text=Go on");
      await page.check("input[value=relaxed]", { force: true });
      await go();
      await page.waitForURL("**/agent/admin/start");
    });
    await check("what was left for later is where one goes on, and the rest is remembered", async () => {
      await page.goto("/agent/admin");
      expect(new URL(page.url()).pathname === "/agent/admin/start", "the settings begin with the first steps");
      await stands(page.getByText("The desk has no mail address to write from."), "it says what is still missing");
      const wrong = await fay.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wrong <= 0, `it is ${wrong} px wider than its window`);
      await page.click("text=Go on");
      await page.fill("#address", "help@birch.example");
      await go();
      await page.goto("/agent/admin/start/hours");
      expect((await page.inputValue("#from")) === "08:00" && (await page.inputValue("#timeZone")) === "Europe/Berlin", "hours are kept");
      await page.goto("/agent/admin/start");
      await page.click("text=I am through");
      await page.waitForURL("**/agent/**");
      await page.goto("/agent/admin");
      expect(new URL(page.url()).pathname === "/agent/admin/people", "the settings begin with people again");
    });
  } finally {
    await fay.close();
    await desk.stop();
  }
  return fay;
}

async function simplify(browser, address, states) {
  const max = await Visitor.of(browser, address, { state: states.admin });
  const ada = await Visitor.of(browser, address, { state: states.agent });
  max.meant.add(404);
  ada.meant.add(404);
  await check("a feature is switched off: page, rail, palette and API do without it, and it comes back as it was", async () => {
    const { page } = max;
    await ada.page.goto("/agent/macros");
    const before = await ada.page.locator(".tool").count();
    await page.goto("/agent/admin/features");
    await page.uncheck("input[value=macros]", { force: true });
    await page.click("#features button[type=submit]");
    await stands(page.getByText("Last changed by"), "the page says who did it");
    const away = await ada.page.goto("/agent/macros");
    expect(away.status() === 404, `status ${away.status()}`);
    await stands(ada.page.getByText("This is switched off here"), "and what to do");
    await ada.page.goto("/agent/views/all");
    expect((await ada.page.locator(".rail a[href='/agent/macros']").count()) === 0, "the rail has it no more");
    const answer = await ada.page.request.get("/v1/macros");
    expect(answer.status() === 404 && (await answer.json()).code === "LODGE_FEATURE_OFF", "nor has the API");
    await page.check("input[value=macros]", { force: true });
    await page.click("#features button[type=submit]");
    await ada.page.goto("/agent/macros");
    expect((await ada.page.locator(".tool").count()) === before, "nothing of it was lost");
    await page.goto("/agent/admin/audit");
    await stands(page.getByText("What the desk does with and without was changed.").first(), "and the log tells of it");
  });
  await check("dense pages: by a key, kept on every machine, without a jump", async () => {
    await ada.page.goto("/agent/views/all");
    const height = () => ada.page.locator(".row").first().evaluate((it) => it.getBoundingClientRect().height);
    const roomy = await height();
    const kept = ada.page.waitForResponse("**/account/appearance");
    await ada.page.keyboard.press("v");
    expect((await kept).status() === 204, "the server keeps it");
    expect((await height()) < roomy, "rows are closer");
    const wrong = await violations(ada.page);
    expect(wrong.length === 0, wrong.join("\n"));
    const other = await Visitor.of(browser, address, { state: states.agent });
    await other.page.goto("/agent/views/all");
    expect((await other.page.getAttribute("html", "data-density")) === "compact", "it is so in another browser");
    expect((await other.seen()).shift < 0.001, "and nothing moves");
    await other.page.goto("/account");
    await other.page.selectOption("#density", "comfortable");
    await other.page.locator("form[action='/account/appearance'] button").click();
    await stands(other.page.getByText("Saved."), "the profile has it as well");
    expect((await other.page.getAttribute("html", "data-density")) === null, "and takes it back");
    await other.close();
  });
  return [max, ada];
}

export async function walk(browser, address, binary, states) {
  const visitors = [await founding(browser, binary), ...(await simplify(browser, address, states))];
  await check("nothing was said in any console at the beginning", async () => {
    const complaints = visitors.flatMap((it) => it.complaints);
    expect(complaints.length === 0, complaints.join("\n"));
  });
}
