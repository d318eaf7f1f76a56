// The proof in a real browser: `node run.mjs --binary target/debug/lodge [--shots FOLDER] [--slow 6] [--record] [--only story,live,editor,tools,bulk,knowledge,shift,lasting,files,plain,journeys,languages,accounts,oidc,begin,opened,pages,budgets]`.
// It starts a demo desk of its own, walks through it, and ends with `N passed, N failed`; the exit code says whether all is well.

import { mkdir } from "node:fs/promises";
import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

import * as accounts from "./accounts.mjs";
import * as begin from "./begin.mjs";
import * as budgets from "./budgets.mjs";
import * as bulk from "./bulk.mjs";
import { PEOPLE, start } from "./desk.mjs";
import * as editor from "./editor.mjs";
import * as files from "./files.mjs";
import * as knowledge from "./knowledge.mjs";
import * as lasting from "./lasting.mjs";
import * as journeys from "./journeys.mjs";
import * as languages from "./languages.mjs";
import * as live from "./live.mjs";
import { lookAfter } from "./operator.mjs";
import * as oidc from "./oidc.mjs";
import * as opened from "./opened.mjs";
import * as pages from "./pages.mjs";
import * as plain from "./plain.mjs";
import * as shift from "./shift.mjs";
import { settle } from "./settings.mjs";
import * as story from "./story.mjs";
import { check, expect, finish } from "./tally.mjs";
import { prepare } from "./tickets.mjs";
import * as tools from "./tools.mjs";
import { Visitor } from "./visitor.mjs";

const { values } = parseArgs({
  options: {
    binary: { type: "string", default: "../../target/debug/lodge" },
    browser: { type: "string", default: process.env.CHROMIUM ?? "/usr/bin/chromium" },
    tickets: { type: "string", default: "200" },
    shots: { type: "string" },
    slow: { type: "string", default: "1" },
    record: { type: "boolean", default: false },
    only: { type: "string", default: "story,live,editor,tools,bulk,knowledge,shift,lasting,files,plain,journeys,languages,accounts,oidc,begin,opened,pages,budgets" },
  },
});
const only = new Set(values.only.split(","));
Visitor.slow = Number(values.slow);

async function signedIn(browser, address) {
  const states = {};
  for (const [role, email] of Object.entries(PEOPLE)) {
    const visitor = await Visitor.of(browser, address);
    states[role] = await visitor.signIn(email);
    await visitor.close();
  }
  return states;
}

async function prove(browser, desk) {
  const { address } = desk;
  let states;
  let tickets;
  const ready = await check("everybody signs in", async () => {
    states = await signedIn(browser, address);
    tickets = await prepare(browser, address, states);
    tickets.settings = await settle(browser, desk, states);
    tickets.tools = await tools.addresses(browser, address, states);
    tickets.operator = await lookAfter(browser, address, states);
  });
  if (!ready) return;
  const visitors = [];
  // Who is done leaves: a page that stays open would complain of what others do to its session later.
  const done = async (all) => {
    for (const it of all) await it.page.goto("about:blank");
    visitors.push(...all);
  };
  // The first, since what others do makes pages heavier.
  if (only.has("budgets")) await budgets.hold(browser, { address, binary: values.binary }, states, tickets, values.record);
  if (only.has("story")) await done(await story.tell(browser, address, states));
  // Before anybody mistypes a password: sign-ins are slowed for a while then.
  if (only.has("journeys")) await done(await journeys.travel(browser, { address, binary: values.binary }, states, tickets));
  if (only.has("live")) await done(await live.watch(browser, desk, states));
  if (only.has("editor")) await done(await editor.write(browser, address, states, tickets));
  if (only.has("tools")) await done(await tools.walk(browser, address, states));
  if (only.has("bulk")) await done(await bulk.walk(browser, address, states));
  if (only.has("lasting")) await done(await lasting.walk(browser, address, states));
  if (only.has("files")) await done(await files.walk(browser, address, states, values.shots));
  if (only.has("knowledge")) await done(await knowledge.walk(browser, address, states));
  if (only.has("shift")) await done(await shift.work(browser, address, states));
  if (only.has("plain")) await done([await plain.walk(browser, address)]);
  if (only.has("languages")) await done(await languages.read(browser, address, states, tickets, values.shots));
  if (only.has("accounts")) await done(await accounts.walk(browser, desk, states, values.shots));
  if (only.has("oidc")) await done(await oidc.walk(browser, address, states));
  await check("nothing was said in any console on the way", async () => {
    const complaints = visitors.flatMap((it) => it.complaints);
    expect(complaints.length === 0, complaints.join("\n"));
  });
  if (only.has("opened")) await opened.look(browser, address, states, tickets, values.shots);
  if (only.has("pages")) await pages.look(browser, address, states, tickets, values.shots);
  // The last, since it switches things off.
  if (only.has("begin")) await begin.walk(browser, address, values.binary, states);
}

if (values.shots) await mkdir(values.shots, { recursive: true });
const desk = await start(values.binary, values.tickets);
const browser = await chromium.launch({ executablePath: values.browser, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  await prove(browser, desk);
} catch (error) {
  await check("the run came to its end", () => Promise.reject(error));
} finally {
  await browser.close();
  await desk.stop();
}
process.exitCode = finish() ? 0 : 1;
