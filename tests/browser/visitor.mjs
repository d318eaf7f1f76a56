// Somebody at a browser: a context of its own, signed in or not, whose pages are watched for what must never happen: errors in the
// console, requests that fail, violations of the content policy, things that move by themselves.

import { PASSWORD } from "./desk.mjs";

const watching = () => {
  window.seen = { shift: 0, moved: [], violations: [] };
  const name = (it) => it && it.localName + (it.id ? `#${it.id}` : it.className ? `.${it.className}` : "");
  document.addEventListener("securitypolicyviolation", (it) => window.seen.violations.push(`${it.violatedDirective} ${it.blockedURI}`));
  new PerformanceObserver((list) => {
    for (const it of list.getEntries()) {
      if (it.hadRecentInput) continue;
      window.seen.shift += it.value;
      window.seen.moved.push(...it.sources.map(({ node, previousRect: from, currentRect: to }) => `${name(node)} from ${from.x},${from.y} to ${to.x},${to.y}`));
    }
  }).observe({ type: "layout-shift", buffered: true });
};

export class Visitor {
  /** So many times slower is the browser's processor: what only a slow machine shows, shows. */
  static slow = 1;

  /** `state` are the cookies of a sign-in; `plain` is without a script, `editor` with the editor of formatted text. */
  static async of(browser, address, { state, theme, width = 1440, height = 900, plain = false, touch = false, editor = false, locale } = {}) {
    const context = await browser.newContext({
      baseURL: address,
      locale,
      storageState: state,
      viewport: { width, height },
      javaScriptEnabled: !plain,
      hasTouch: touch,
      acceptDownloads: true,
      reducedMotion: "reduce",
    });
    if (theme) await context.addCookies([{ name: "lodge_theme", value: theme, url: address }]);
    const visitor = new Visitor(context, address);
    if (!plain) await context.addInitScript(watching);
    // Most stories are told at the source of a text; the editor has its own.
    if (!plain && !editor) await context.addInitScript(() => window.origin === "null" || localStorage.setItem("lodge-editor", "source"));
    visitor.page = await context.newPage();
    if (Visitor.slow > 1) await (await context.newCDPSession(visitor.page)).send("Emulation.setCPUThrottlingRate", { rate: Visitor.slow });
    visitor.watch(visitor.page);
    return visitor;
  }

  constructor(context, address) {
    this.context = context;
    this.address = address;
    this.complaints = [];
    /** Statuses that the browser reports although they are meant. */
    this.meant = new Set();
  }

  watch(page) {
    page.on("console", (it) => {
      if (!["error", "warning"].includes(it.type())) return;
      const status = it.text().match(/status of (\d{3})/)?.[1];
      if (!status || !this.meant.has(Number(status))) this.complaints.push(`console: ${it.text()} (${page.url()})`);
    });
    page.on("pageerror", (it) => this.complaints.push(`page: ${it.message} (${page.url()})`));
    page.on("requestfailed", (it) => {
      // A page that is left ends its live connection and what it fetched early.
      if (it.failure()?.errorText !== "net::ERR_ABORTED") this.complaints.push(`request: ${it.url()} ${it.failure()?.errorText}`);
    });
  }

  /** Sends a form beside the page, as the browser would; `how` has `form` or `multipart`. */
  post(path, how) {
    return this.page.request.post(path, { ...how, headers: { origin: this.address } });
  }

  async signIn(email) {
    await this.page.goto("/sign-in");
    await this.page.fill("#email", email);
    await this.page.fill("#password", PASSWORD);
    await this.page.click("main button[type=submit]");
    await this.page.waitForURL((it) => it.pathname !== "/sign-in");
    // What the browser keeps beside the cookies is each visitor's own.
    return { cookies: (await this.context.storageState()).cookies, origins: [] };
  }

  /** What moved by itself, and what the policy stopped, since the page was loaded. */
  async seen() {
    return this.page.evaluate(() => window.seen);
  }

  close() {
    return this.context.close();
  }
}
