// Signing in at a certified identity provider, in a real browser: an admin adds it in the settings and tests it, somebody new comes in
// by it from two machines, and ends from one of them what they do at the other.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { freePort } from "./desk.mjs";
import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const FOLDER = fileURLToPath(new URL("../oidc", import.meta.url));
const START_MILLIS = 30_000;

/** The provider, once it answers; `tell` says who signs in and where it sends people back to. */
async function start() {
  const port = await freePort();
  const child = spawn("node", ["provider.mjs", String(port)], { cwd: FOLDER, stdio: "ignore" });
  const issuer = `http://127.0.0.1:${port}`;
  const tell = (what) => fetch(`${issuer}/control`, { method: "POST", body: JSON.stringify(what) });
  const until = Date.now() + START_MILLIS;
  for (;;) {
    try {
      if ((await tell({})).status === 204) break;
    } catch {
      if (Date.now() > until) throw new Error("the identity provider did not start");
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  const stop = async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  };
  return { issuer, tell, stop };
}

export async function walk(browser, address, states) {
  const provider = await start();
  const visitors = [];
  const come = async () => {
    const visitor = await Visitor.of(browser, address);
    visitors.push(visitor);
    await visitor.page.goto("/sign-in");
    await visitor.page.click("text=Example login");
    await visitor.page.waitForURL(`${address}/`);
    return visitor.page;
  };
  try {
    await check("oidc: an admin adds an identity provider, and the test finds nothing wrong", async () => {
      const max = await Visitor.of(browser, address, { state: states.admin, plain: true });
      visitors.push(max);
      const page = max.page;
      await page.goto("/agent/admin/sign-in/new?kind=oidc");
      await page.fill("[name=name]", "Example login");
      await page.fill("[name=issuer]", provider.issuer);
      await page.fill("[name=clientId]", "desk");
      await page.fill("[name=secret]", "the client's secret & more");
      await page.check("[name=enabled]");
      await page.check("[name=creates]");
      await page.click("text=Add it");
      const callback = await page.textContent("form code");
      const backChannel = callback.replace(/callback$/, "back-channel");
      await provider.tell({ settings: { callback, signedOut: `${address}/`, backChannel } });
      await page.click("text=Test the connection");
      const said = await page.textContent("#findings");
      await stands(page.locator("#findings .banner"), "the test says nothing");
      expect((await page.locator("#findings .banner[data-tone=danger]").count()) === 0, said);
    });

    let here;
    let there;
    await check("oidc: somebody new comes in by it, from two machines", async () => {
      await provider.tell({ person: { sub: "kim-1", email: "kim@partner.example", email_verified: true, name: "Kim Arden" } });
      here = await come();
      there = await come();
      await here.goto("/account");
      expect((await here.inputValue("[name=name]")) === "Kim Arden", "their name is taken over");
    });

    await check("oidc: a session that is ended elsewhere is over at once", async () => {
      await here.goto("/account/sessions");
      await here.click("text=Sign out everywhere else");
      await there.goto("/tickets");
      expect(new URL(there.url()).pathname === "/sign-in", there.url());
      await here.goto("/tickets");
      expect(new URL(here.url()).pathname === "/tickets", here.url());
    });

    await check("oidc: whom the provider does not let in is told so at the door", async () => {
      await provider.tell({ person: {} });
      const nobody = await Visitor.of(browser, address);
      visitors.push(nobody);
      nobody.meant.add(401);
      await nobody.page.goto("/sign-in");
      await nobody.page.click("text=Example login");
      await nobody.page.waitForURL((url) => url.href.startsWith(address) && !url.pathname.endsWith("/sign-in"));
      await stands(nobody.page.locator("[name=password], .banner"), "there is no way on");
    });
  } finally {
    await provider.stop();
  }
  return visitors;
}
