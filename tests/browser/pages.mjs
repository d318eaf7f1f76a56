// Every page, light and dark, wide and narrow: accessible, still, within the content policy, without a word in the console, and not
// wider than its window.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { flaws } from "./markup.mjs";
import { expect, check } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const WIDTHS = [["wide", 1440, 900], ["phone", 390, 844]];
const THEMES = ["light", "dark"];
/** A line that is broken anew by a pixel; what somebody could notice is a hundred times as much. */
const SHIFT_MAX = 0.001;

/** Name, address, and the status that is meant if it is not 200. */
const FOR_NOBODY = (it) => [["welcome", "/"], ["articles for everybody", "/knowledge"], ["an article for everybody", "/knowledge/the-vpn-keeps-dropping"], ["sign-in", "/sign-in"], ["forgot", "/forgot"], ["no registrations", "/register", 404], ["link that is over", "/reset/none", 404], ["offline", "/offline"], ["styleguide", "/styleguide"], ["survey", it.settings.survey], ["survey that is over", "/csat/none", 404], ["nowhere", "/nowhere", 404]];
const FOR_REQUESTERS = (it) => [
  ["home", "/"],
  ["incident form", "/incidents/new"],
  ["request form", "/requests/new"],
  ["knowledge", "/knowledge"],
  ["knowledge found", "/knowledge?q=pass"],
  ["no knowledge found", "/knowledge?q=zebrafish"],
  ["an article", "/knowledge/reset-your-password-yourself"],
  ["an article on the way to a ticket", "/knowledge/the-vpn-keeps-dropping?from=incident"],
  ["my tickets", "/tickets"],
  ["my solved tickets", "/tickets?show=done"],
  ["my search", "/tickets?q=zebra"],
  ["my ticket", `/tickets/${it.mine}`],
  ["what I was told", "/notifications"],
  ["what I have not read", "/notifications?unread=true"],
  ["how I am told", "/account/notifications"],
  ["profile and security", "/account"],
  ["second factor", "/account/second-factor"],
  ["my sessions", "/account/sessions"],
  ["my tokens", "/account/tokens"],
  ["not for requesters", "/agent", 403],
];
const FOR_AGENTS = (it) => [
  ["list", "/agent/views/all?sort=changed"],
  ["second page", "/agent/views/all?page=2"],
  ["breaching", "/agent/views/breaching"],
  ["breached", "/agent/views/breached"],
  ["waiting on us", "/agent/views/on-us"],
  ["put aside", "/agent/views/aside"],
  ["an agent is told", "/notifications"],
  ["how an agent is told", "/account/notifications"],
  ["ticket", `/agent/tickets/${it.rich}`],
  ["my calendars", "/account/calendars"],
  ["history", `/agent/tickets/${it.rich}/history`],
  ["on paper", `/tickets/${it.rich}/print?notes=on`],
  ["as it was", it.tools.then],
  ["files", `/agent/tickets/${it.rich}/files`],
  ["tasks", `/agent/tickets/${it.rich}/tasks`],
  ["links", `/agent/tickets/${it.hard}/links`],
  ["another requester", `/agent/tickets/${it.rich}/requester`],
  ["sub-ticket", `/agent/tickets/new?parent=${it.hard}`],
  ["write on many", `/agent/tickets/bulk/comment?tickets=${it.rich},${it.hard}`],
  ["merge many", `/agent/tickets/bulk/merge?tickets=${it.rich},${it.hard}`],
  ["link many", `/agent/tickets/bulk/link?tickets=${it.rich},${it.hard}`],
  ["hard text", `/agent/tickets/${it.hard}`],
  ["not reached", it.settings.unreached],
  ["about a message", it.settings.message],
  ["merge", it.settings.merge],
  ["merged", it.settings.merged],
  ["with a merged one", it.settings.survivor],
  ["forward", `/agent/tickets/${it.rich}/forward`],
  ["my availability", "/account/availability"],
  ["new ticket", "/agent/tickets/new"],
  ["start of a shift", "/agent/dashboard"],
  ["board by status", "/agent/views/all?show=board"],
  ["board by assignee", "/agent/views/all?show=board&by=assignee"],
  ["board by priority", "/agent/views/all?show=board&by=priority"],
  ["what was worked", "/agent/reports/time?from=2026-01-01"],
  ["nothing was worked", "/agent/reports/time?from=2020-01-01&to=2020-01-02"],
  ["search", "/agent/search"],
  ["search results", "/agent/search?q=printer"],
  ["nothing found", "/agent/search?q=zebrafish"],
  ["saved views", "/agent/saved-views"],
  ["a saved view", it.tools.savedView],
  ["new view", "/agent/saved-views/new"],
  ["view of others", it.tools.viewForm],
  ["macros", "/agent/macros"],
  ["new macro", "/agent/macros/new"],
  ["macro of others", it.tools.macro],
  ["macros for a ticket", `/agent/tickets/${it.rich}/macros`],
  ["ready-made texts", "/agent/texts"],
  ["new ready-made text", "/agent/texts/new"],
  ["text of others", it.tools.text],
  ["articles", "/agent/knowledge"],
  ["articles found", "/agent/knowledge?q=vpn"],
  ["article for a ticket", `/agent/knowledge?ticket=${it.rich}`],
  ["an article's desk", it.tools.article],
  ["new article", "/agent/knowledge/new"],
  ["article from a ticket", `/agent/knowledge/new?ticket=${it.rich}`],
  ["revisions of an article", `${it.tools.article}/revisions`],
  ["files of lists", "/agent/exports?q=status:open&sort=priority:asc"],
  ["outages", "/agent/outages"],
  ["an outage", it.settings.outage],
  ["satisfaction", "/agent/satisfaction?by=day"],
  ["no such ticket", "/agent/tickets/INC-999999", 404],
  ["not for agents", "/operator/desks", 403],
];

const FOR_LEADS = (it) => [
  ["a lead's list", "/agent/views/all"],
  ["a lead's mail log", "/agent/admin/mail"],
  ["a lead's held mail", it.settings.mail],
  ["a lead's filters", "/agent/admin/mail-filters"],
  ["a lead's filter", it.settings.filter],
  ["a lead's trust and budgets", "/agent/admin/mail-rules"],
  ["not for leads", "/agent/admin/mailboxes", 403],
];

const FOR_ADMINS = (it) => [
  ["deleting a ticket", `/agent/tickets/${it.rich}/delete`],
  ["people", "/agent/admin/people"],
  ["people found", "/agent/admin/people?show=all&q=ada"],
  ["nobody found", "/agent/admin/people?q=zebrafish"],
  ["new person", "/agent/admin/people/new"],
  ["person", it.settings.person],
  ["roles", "/agent/admin/roles"],
  ["new role", "/agent/admin/roles/new"],
  ["copied role", "/agent/admin/roles/new?copy=agent"],
  ["built-in role", "/agent/admin/roles/agent"],
  ["own role", it.settings.role],
  ["how everybody is told", "/agent/admin/notifications"],
  ["calendars", "/agent/admin/calendars"],
  ["new calendar", "/agent/admin/calendars/new"],
  ["calendar", it.settings.calendar],
  ["when it would be due", `${it.settings.calendar}?start=2026-12-23T15:00&hours=20`],
  ["holidays of a country", `${it.settings.calendar}/holidays?country=DE&region=DE-BY`],
  ["announcements", "/agent/admin/announcements"],
  ["knowledge base", "/agent/admin/knowledge"],
  ["changing an article", `${it.tools.article}/edit`],
  ["features", "/agent/admin/features"],
  ["background work", "/agent/admin/jobs"],
  ["on call then", "/agent/admin/on-call?at=2026-12-24T18:00"],
  ["what was changed", "/agent/admin/audit"],
  ["all that happened", "/agent/admin/audit?show=all"],
  ["first steps", "/agent/admin/start"],
  ["name of the desk", "/agent/admin/start/desk"],
  ["working hours", "/agent/admin/start/hours"],
  ["address of the desk", "/agent/admin/start/mail"],
  ["colleagues", "/agent/admin/start/people"],
  ["promise", "/agent/admin/start/promise"],
  ["sorts of work", "/agent/admin/time-categories"],
  ["look", "/agent/admin/look"],
  ["regions", "/agent/admin/regions"],
  ["queues", "/agent/admin/queues"],
  ["new queue", "/agent/admin/queues/new"],
  ["queue", it.settings.queue],
  ["routing rules", "/agent/admin/routing"],
  ["new routing rule", "/agent/admin/routing/new"],
  ["routing rule", it.settings.rule],
  ["on call", "/agent/admin/on-call"],
  ["new rotation", "/agent/admin/on-call/new"],
  ["rotation", it.settings.rotation],
  ["skills and absences", "/agent/admin/agents"],
  ["an agent's skills", it.settings.skills],
  ["categories", "/agent/admin/categories"],
  ["new category", "/agent/admin/categories/new"],
  ["priorities", "/agent/admin/priorities"],
  ["own fields", "/agent/admin/fields"],
  ["new own field", "/agent/admin/fields/new"],
  ["own field", it.tools.field],
  ["ticket templates", "/agent/admin/ticket-templates"],
  ["new ticket template", "/agent/admin/ticket-templates/new"],
  ["ticket template", it.tools.template],
  ["recurring tickets", "/agent/admin/recurring-tickets"],
  ["new recurring ticket", "/agent/admin/recurring-tickets/new"],
  ["recurring ticket", it.tools.recurring],
  ["checklists", "/agent/admin/checklists"],
  ["new checklist", "/agent/admin/checklists/new"],
  ["checklist", it.tools.checklist],
  ["a view that is one's own to change", it.tools.viewForm],
  ["macro to change", it.tools.macro],
  ["service levels", "/agent/admin/service-levels"],
  ["new policy", "/agent/admin/service-levels/new"],
  ["policy", "/agent/admin/service-levels/05a10000-0000-7000-8000-000000000001"],
  ["teams", "/agent/admin/teams"],
  ["new team", "/agent/admin/teams/new"],
  ["team", it.settings.team],
  ["organizations", "/agent/admin/organizations"],
  ["new organization", "/agent/admin/organizations/new"],
  ["organization", it.settings.organization],
  ["departments", "/agent/admin/departments"],
  ["new department", "/agent/admin/departments/new"],
  ["department", it.settings.department],
  ["sign-in methods", "/agent/admin/sign-in"],
  ["new identity provider", "/agent/admin/sign-in/new?kind=oidc"],
  ["new directory", "/agent/admin/sign-in/new?kind=ldap"],
  ["new proxy", "/agent/admin/sign-in/new?kind=trusted_header"],
  ["sign-in method", it.settings.provider],
  ["mailboxes", "/agent/admin/mailboxes"],
  ["new mailbox", "/agent/admin/mailboxes/new"],
  ["mailbox", it.settings.mailbox],
  ["mail log", "/agent/admin/mail"],
  ["held mail", "/agent/admin/mail?outcome=quarantined"],
  ["no mail found", "/agent/admin/mail?q=zebrafish"],
  ["a held mail", it.settings.mail],
  ["mail filters", "/agent/admin/mail-filters"],
  ["new mail filter", "/agent/admin/mail-filters/new"],
  ["mail filter", it.settings.filter],
  ["trust and budgets", "/agent/admin/mail-rules"],
  ["closing, surveys, outages", "/agent/admin/ticket-rules"],
  ["local accounts", "/agent/admin/accounts"],
  ["addresses", "/agent/admin/addresses"],
  ["language and time", "/agent/admin/language"],
  ["what is searched for", "/agent/admin/search"],
  ["a word tried out", "/agent/admin/search?try=printers"],
  ["which files", "/agent/admin/files"],
  ["sending", "/agent/admin/sending"],
  ["letters", "/agent/admin/sending/letters"],
  ["suppressed addresses", "/agent/admin/sending/addresses"],
  ["signing", "/agent/admin/sending/signing"],
  ["mail templates", "/agent/admin/mail-templates"],
  ["mail template", "/agent/admin/mail-templates/answer/en"],
];

const FOR_OPERATORS = (it) => [
  ["desks", "/operator/desks"],
  ["no desk found", "/operator/desks?q=zebrafish"],
  ["new desk", "/operator/desks/new"],
  ["desk", it.operator.desk],
  ["own desk", it.operator.own],
];

/** Every page by whose it is: the name of a sign-in, or nothing for nobody's. */
export const everything = (it) => [[undefined, FOR_NOBODY(it)], ["requester", FOR_REQUESTERS(it)], ["agent", FOR_AGENTS(it)], ["lead", FOR_LEADS(it)], ["admin", [...FOR_ADMINS(it), ...FOR_OPERATORS(it)]]];

export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return found.violations.map((it) => `${it.id}: ${it.nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | ")}`);
}

/** Elements of a page for requesters that something only the console fetches would dress: it would look otherwise there. */
async function dressed(page) {
  return page.evaluate(async () => {
    const links = [...document.querySelectorAll('link[rel="stylesheet"]')].map((it) => it.getAttribute("href"));
    if (links.some((it) => it.includes("/console."))) return [];
    const sheet = await new CSSStyleSheet().replace(await (await fetch(window.consoleSheet)).text());
    const rules = (of) => [...of.cssRules].flatMap((it) => (it.selectorText ? [it] : it.cssRules ? rules(it) : []));
    // What somebody points at is looked for as if nobody did.
    const state = "(::[\\w-]+|:(hover|focus-visible|focus-within|focus|active|popover-open))";
    const unsaid = (it) => it.replaceAll(RegExp(`:not\\((${state}|, )+\\)`, "g"), "");
    const plain = (it) => unsaid(it).replaceAll(RegExp(`(^|[(,]\\s*)${state}`, "g"), "$1*").replaceAll(RegExp(state, "g"), "");
    return rules(sheet).map((it) => it.selectorText).filter((it) => document.querySelector(plain(it)));
  });
}

async function one(visitor, [name, address, meant = 200], label, shots, once) {
  await check(`${name}, ${label}`, async () => {
    if (meant !== 200) visitor.meant.add(meant);
    const before = visitor.complaints.length;
    const answer = await visitor.page.goto(address, { waitUntil: "load" });
    expect(answer.status() === meant, `status ${answer.status()}`);
    await visitor.page.waitForFunction(() => document.readyState === "complete" && !document.getAnimations().some((it) => it.playState === "running"));
    await visitor.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    if (shots) await visitor.page.screenshot({ path: join(shots, `${name} ${label}.png`.replaceAll(/[ ,]+/g, "-")) });
    const seen = await visitor.seen();
    expect(seen.shift < SHIFT_MAX, `it moved by itself: ${seen.shift}: ${seen.moved.join("; ")}`);
    expect(seen.violations.length === 0, `the policy stopped ${seen.violations}`);
    const over = await visitor.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over <= 0, `it is ${over} px wider than its window`);
    if (once) {
      const found = await flaws(await answer.text());
      expect(found.length === 0, found.join("\n"));
      const foreign = await dressed(visitor.page);
      expect(foreign.length === 0, `only the console knows ${foreign.join("; ")}`);
    }
    const wrong = await violations(visitor.page);
    expect(wrong.length === 0, wrong.join("\n"));
    expect(visitor.complaints.length === before, visitor.complaints.slice(before).join("\n"));
  });
}

export async function look(browser, address, states, tickets, shots) {
  const [consoleSheet] = (await (await fetch(`${address}/styleguide`)).text()).match(/\/assets\/console\.\w+\.css/);
  const groups = everything(tickets).map(([who, pages]) => [states[who], pages]);
  for (const [size, width, height] of WIDTHS) {
    for (const theme of THEMES) {
      // The markup is the same in every window.
      const once = size === "wide" && theme === "light";
      for (const [state, pages] of groups) {
        const visitor = await Visitor.of(browser, address, { state, theme, width, height, touch: size === "phone" });
        await visitor.page.addInitScript((it) => (window.consoleSheet = it), consoleSheet);
        for (const page of pages) await one(visitor, page, `${size} ${theme}`, shots, once);
        await visitor.close();
      }
    }
  }
}
