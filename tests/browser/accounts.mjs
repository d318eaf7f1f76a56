// Accounts, as people meet them: registering, a forgotten password, an invitation, a second factor; each through the mails that the
// desk writes into a folder. With and without a script, wide and on a telephone.

import { createHmac } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { PASSWORD, PEOPLE } from "./desk.mjs";
import { violations } from "./pages.mjs";
import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const FRESH = "kettle orbit mango";
const OTHER = "lantern pebble thirteen";

/** The newest link of this kind in a mail to this address, as soon as it is there. */
async function link(folder, to, kind) {
  const until = Date.now() + 15_000;
  while (Date.now() < until) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((it) => it.endsWith(".eml"))) {
      const text = (await readFile(join(folder, name), "utf8")).replaceAll("=\r\n", "");
      const found = text.match(new RegExp(`/${kind}/[A-Za-z0-9_-]{64}`));
      if (found && text.includes(to)) return found[0];
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no mail with /${kind}/ came to ${to}`);
}

/** The code of a seed (RFC 6238), `steps` away from now. */
function code(seed, steps = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...seed.replaceAll(" ", "")].map((it) => alphabet.indexOf(it).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from(bits.match(/.{8}/g).map((it) => parseInt(it, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", secret).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function enter(page, email, password) {
  await page.goto("/sign-in");
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.click("main button[type=submit]");
}

/** Looks at the page as it stands: accessible, not wider than its window, and a picture of it in both themes. */
async function look(page, name, shots) {
  for (const theme of ["light", "dark"]) {
    await page.evaluate((it) => (document.documentElement.dataset.theme = it), theme);
    if (shots) await page.screenshot({ path: join(shots, `account-${name}-${theme}.png`), fullPage: true });
    const wrong = await violations(page);
    expect(wrong.length === 0, `${name}, ${theme}: ${wrong.join("\n")}`);
  }
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over <= 0, `${name} is ${over} px wider than its window`);
}

export async function walk(browser, desk, states, shots) {
  const { address, mail } = desk;
  const max = await Visitor.of(browser, address, { state: states.admin });
  const nia = await Visitor.of(browser, address, { plain: true, width: 390, height: 844 });
  const ines = await Visitor.of(browser, address);
  const rosa = await Visitor.of(browser, address);
  for (const it of [nia, ines, rosa]) it.meant.add(401).add(404).add(422);
  const asAdmin = (method, path, data) => max.page.request.fetch(path, { method, data, headers: { origin: address } });

  await check("registration is closed, and an admin opens it", async () => {
    expect((await nia.page.goto("/register")).status() === 404, "it is closed");
    const answer = await asAdmin("PATCH", "/v1/settings/accounts", { registration: true, registrationDomains: ["birch.example"] });
    expect(answer.ok(), `status ${answer.status()}`);
  });

  await check("without a script: somebody registers by mail and gets in", async () => {
    const { page } = nia;
    await page.goto("/sign-in");
    await page.click("text=Make an account");
    await page.fill("#name", "Nia Okafor");
    await page.fill("#email", "nia@elsewhere.example");
    await page.click("main button[type=submit]");
    await stands(page.locator("#email-error"), "another domain is refused beside the field");
    await page.fill("#email", "nia@birch.example");
    await page.click("main button[type=submit]");
    await stands(page.getByText("Look at your mail"), "a mail is on its way");
    const path = await link(mail, "nia@birch.example", "verify");
    await page.goto(path);
    await page.fill("#password", "password123");
    await page.click("main button[type=submit]");
    expect((await page.locator("#password-error").innerText()).includes("tried first"), "a common password is refused with a reason");
    await page.fill("#password", FRESH);
    await page.click("main button[type=submit]");
    await page.waitForURL("**/sign-in");
    await stands(page.getByText("Your account is ready"), "it says so");
    await enter(page, "nia@birch.example", FRESH);
    await stands(page.getByText("Nia"), "she is in");
    expect((await page.goto(path)).status() === 404, "the link works once");
  });

  await check("somebody who is invited chooses a name and a password", async () => {
    const answer = await asAdmin("POST", "/v1/people/invitations", { email: "ines@birch.example", roles: ["agent"] });
    expect(answer.status() === 201, `status ${answer.status()}`);
    const { page } = ines;
    await page.goto(await link(mail, "ines@birch.example", "invitation"));
    await look(page, "invitation", shots);
    await page.fill("#name", "Ines Duarte");
    await page.fill("#password", FRESH);
    await page.click("main button[type=submit]");
    await page.waitForURL("**/sign-in");
    await enter(page, "ines@birch.example", FRESH);
    await page.goto("/agent/views/all");
    await stands(page.locator("[data-row]"), "an agent reads the lists");
  });

  await check("a forgotten password is set anew, and every session ends", async () => {
    const before = await Visitor.of(browser, address);
    await before.signIn(PEOPLE.requester);
    const { page } = rosa;
    await page.goto("/sign-in");
    await look(page, "sign-in", shots);
    await page.click("text=Forgot your password?");
    await page.fill("#email", PEOPLE.requester);
    await look(page, "forgot", shots);
    await page.click("main button[type=submit]");
    await look(page, "asked", shots);
    await page.goto(await link(mail, PEOPLE.requester, "reset"));
    await look(page, "reset", shots);
    await page.fill("#password", OTHER);
    await page.click("main button[type=submit]");
    await page.waitForURL("**/sign-in");
    await enter(page, PEOPLE.requester, PASSWORD);
    await stands(page.getByText("is wrong"), "the old one is over");
    await enter(page, PEOPLE.requester, OTHER);
    await page.waitForURL((it) => it.pathname === "/");
    await before.page.goto("/account");
    expect(new URL(before.page.url()).pathname === "/sign-in", "the session before is over");
    await before.close();
  });

  let seed;
  let recovery;
  await check("a second factor is set up with a picture and a first code", async () => {
    const { page } = rosa;
    await page.click(".who");
    await page.click('#me a[href="/account"]');
    await look(page, "profile", shots);
    await page.click("text=Set it up");
    await page.click("main button[type=submit]");
    await page.locator("svg.qr-code").waitFor();
    seed = await page.locator("code.seed").innerText();
    await look(page, "enrolment", shots);
    await page.fill("#code", "000000");
    await page.click("main button[type=submit]");
    await stands(page.getByText("not right"), "a wrong code is told");
    await page.fill("#code", code(seed, -1));
    await page.click("main button[type=submit]");
    recovery = await page.locator(".recovery-codes code").allInnerTexts();
    expect(recovery.length === 10, `${recovery.length} codes`);
    await look(page, "recovery-codes", shots);
    await page.click("text=I have them");
    await stands(page.getByText("10 recovery codes are left"), "they are counted");
  });

  await check("signing in asks for the code, and a recovery code does as well", async () => {
    const { page } = rosa;
    for (const proof of [code(seed), recovery[0]]) {
      await page.context().clearCookies({ name: "lodge_session" });
      await page.goto("/tickets");
      await page.fill("#email", PEOPLE.requester);
      await page.fill("#password", OTHER);
      await page.click("main button[type=submit]");
      await page.waitForURL("**/sign-in/code?*");
      expect(!(await page.context().cookies()).some((it) => it.name === "lodge_session"), "there is no session before the code");
      await look(page, "code", shots);
      await page.fill("#code", proof);
      await page.click("main button[type=submit]");
      await page.waitForURL("**/tickets");
    }
  });

  await check("a role that needs a second factor leads there and nowhere else", async () => {
    await asAdmin("PATCH", "/v1/settings/accounts", { secondFactorRoles: ["agent"] });
    const { page } = ines;
    // Nothing else is open until then, nor the line on which the page would hear of changes.
    ines.meant.add(403);
    await page.goto("/agent");
    expect(new URL(page.url()).pathname === "/account/second-factor", page.url());
    await look(page, "must-enrol", shots);
    await asAdmin("PATCH", "/v1/settings/accounts", { secondFactorRoles: [], registration: false });
    await page.goto("/agent");
    expect(new URL(page.url()).pathname.startsWith("/agent"), "and everything works again");
  });

  await check("the second factor goes, and the password comes back", async () => {
    const { page } = rosa;
    await page.goto("/account/second-factor");
    await look(page, "set-up", shots);
    await page.fill("#code", recovery[1]);
    await page.click("text=Remove the second factor");
    await page.waitForURL("**/account");
    await page.fill("#current", OTHER);
    await page.fill("#password", FRESH);
    await page.click("text=Change the password");
    await stands(page.getByText("Your password is changed"), "it says so, and the session goes on");
    await page.context().storageState();
  });
  // The pages after this are visited with the sessions from before: this one is over.
  states.requester = await rosa.context.storageState();
  return [nia, ines, rosa];
}
