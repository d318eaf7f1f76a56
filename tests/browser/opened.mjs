// What opens, and what was refused: menus, palette, sheets, choices and forms with mistakes are looked at by axe-core like every page,
// light and dark, wide and on a phone.

import { violations } from "./pages.mjs";
import { check, expect } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

/** On a phone the rail is opened first. */
const rail = (page) => page.evaluate(() => matchMedia("(max-width: 40rem)").matches && document.getElementById("rail").showPopover());
const visible = (page, selector) => page.locator(selector).first().waitFor({ state: "visible" });

/** Name, whose, where, how it is opened, and what stands there then. */
const OPENED = (tickets) => [
  ["the palette", "agent", "/agent/views/all", (page) => page.keyboard.press("Control+k"), "#palette[open] [role=option]"],
  ["the palette with nothing found", "agent", "/agent/views/all", async (page) => (await page.keyboard.press("Control+k"), await page.keyboard.type("qzqzqz")), "#palette[open]"],
  ["the sheet of keys", "agent", "/agent/views/all", async (page) => (await rail(page), await page.locator("[data-aim=keys]").first().click()), "#keys[open]"],
  ["the bell", "agent", "/agent/views/all", async (page) => (await rail(page), await page.locator("#bell").click()), "#newest-notices .notice, #newest-notices p"],
  ["one's own menu", "agent", "/agent/views/all", async (page) => (await rail(page), await page.locator("[popovertarget=me]").click()), "#me:popover-open"],
  ["the bar of what is selected", "agent", "/agent/views/unassigned", async (page) => (await page.keyboard.press("j"), await page.keyboard.press("x")), "#bulk"],
  ["a ticket beside its list", "agent", "/agent/views/all", async (page) => (await page.keyboard.press("j"), await page.keyboard.press("Enter")), "#ticket h1"],
  ["what is rarer in the composer", "agent", `/agent/tickets/${tickets.rich}`, (page) => page.evaluate(() => document.querySelectorAll("#composer details, .side details").forEach((it) => (it.open = true))), "#composer"],
  ["what is rarely done to a ticket", "agent", `/agent/tickets/${tickets.rich}`, (page) => page.click("[popovertarget=ticket-more]"), "#ticket-more:popover-open"],
  ["a title that is changed", "agent", `/agent/tickets/${tickets.rich}`, (page) => page.click("[popovertarget=edit-title]"), "#edit-title:popover-open"],
  ["a due time that is set", "agent", `/agent/tickets/${tickets.rich}`, (page) => page.click("[popovertarget=edit-due]"), "#edit-due:popover-open"],
  ["what is done to many", "agent", "/agent/views/unassigned", async (page) => (await page.keyboard.press("j"), await page.keyboard.press("x"), await page.click("[popovertarget=bulk-more]")), "#bulk-more:popover-open"],
  ["a snooze that is chosen", "agent", `/agent/tickets/${tickets.rich}`, (page) => page.keyboard.press("z"), "select[name=until], [name=until]"],
  ["one's own menu in the portal", "requester", "/", (page) => page.click(".who"), "#me:popover-open"],
  ["answers while one types", "requester", "/", (page) => page.fill("main input[name=q]", "timesheet"), "#answers .mine a"],
  ["what is alike while one writes", "requester", "/incidents/new", (page) => page.fill("#title", "Timesheet is unavailable for everybody"), "#alike *"],
];

/** Name, whose, where, the form, and what is typed that cannot be taken. */
const REFUSED = [
  ["a new ticket for nobody", "agent", "/agent/tickets/new", "#new-ticket", { title: "" }],
  ["an incident without a word", "requester", "/incidents/new", "#incident", { title: "" }],
  ["a view that cannot be read", "agent", "/agent/saved-views/new", "form:has(#query)", { name: "x", query: "statsu:open" }],
  ["a zone that is nowhere", "requester", "/account", "form[action='/account/profile']", { timeZone: "Middle/Earth" }],
  ["no picture", "requester", "/account", "form[action='/account/picture']", {}],
  ["a field without a key", "admin", "/agent/admin/fields/new", "form:has(#label), form:has([name=label])", { label: "" }],
  ["a queue without a name", "admin", "/agent/admin/queues/new", "form:has(#name)", { name: "" }],
  ["a person without an address", "admin", "/agent/admin/people/new", "form:has(#email)", { email: "nobody" }],
  ["a policy without sense", "admin", "/agent/admin/service-levels/new", "form:has(#name)", { name: "" }],
];

async function clean(visitor) {
  // A menu that is open lies over others: those are reached once it is closed.
  const wrong = (await violations(visitor.page)).filter((it) => !(it.startsWith("target-size") && it.includes("obscured")));
  expect(wrong.length === 0, wrong.join("\n"));
  const over = await visitor.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over <= 0, `it is ${over} px wider than its window`);
}

export async function look(browser, address, states, tickets, shots) {
  for (const [size, width, height] of [["wide", 1440, 900], ["phone", 390, 844]]) {
    for (const theme of ["light", "dark"]) {
      const visitors = {};
      for (const who of ["agent", "requester", "admin"]) {
        visitors[who] = await Visitor.of(browser, address, { state: states[who], theme, width, height, touch: size === "phone" });
        visitors[who].meant.add(422);
      }
      const picture = (page, name) => shots && page.screenshot({ path: `${shots}/${name} ${size} ${theme}.png`.replaceAll(/[ ,']+/g, "-") });
      for (const [name, who, path, open, shown] of OPENED(tickets)) {
        await check(`open: ${name}, ${size} ${theme}`, async () => {
          const { page } = visitors[who];
          await page.goto(path);
          await open(page);
          await visible(page, shown);
          await picture(page, `open ${name}`);
          await clean(visitors[who]);
        });
      }
      for (const [name, who, path, form, typed] of REFUSED) {
        await check(`refused: ${name}, ${size} ${theme}`, async () => {
          const { page } = visitors[who];
          await page.goto(path);
          const sent = page.waitForResponse((it) => it.request().method() === "POST" && it.status() === 422);
          await page.locator(form).first().evaluate((it, words) => {
            for (const [name, value] of Object.entries(words)) if (it.elements[name]) it.elements[name].value = value;
            it.noValidate = true;
            it.requestSubmit(it.querySelector("button[data-look=primary]"));
          }, typed);
          await sent;
          await visible(page, "[aria-invalid=true], .error, .banner[data-tone=danger]");
          await picture(page, `refused ${name}`);
          await clean(visitors[who]);
        });
      }
      for (const it of Object.values(visitors)) await it.close();
    }
  }
}
