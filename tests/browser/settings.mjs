// The settings without a script: an admin makes a role, a team, an organization and a department, adds somebody who has them all,
// is told what does not fit, and sends them away again. What was made is what the pages are looked at with.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const ADMIN = "/agent/admin";

/** The link in the mail to this address that asks how it was. */
async function survey(folder, to) {
  const until = Date.now() + 20_000;
  while (Date.now() < until) {
    for (const name of await readdir(folder).catch(() => [])) {
      // Long lines of a mail go on in the next after `=` (RFC 2045).
      const text = (await readFile(join(folder, name), "utf8")).replaceAll("=\r\n", "").replaceAll("=\n", "").replaceAll("=3D", "=");
      const link = text.includes(to) && text.match(/https?:[^\s"<>]*\/csat\/[\w-]+/);
      if (link) return link[0];
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("no mail asks how it was");
}

/** Gives the addresses of what was made. */
export async function settle(browser, { address, ingest, mail }, states) {
  const max = await Visitor.of(browser, address, { state: states.admin, plain: true });
  max.meant.add(422).add(403).add(409);
  const page = max.page;
  const made = {};
  const here = () => new URL(page.url()).pathname;
  const submit = () => page.locator("main form .send button[type=submit]").first().click();

  await check("settings: a role is made of ticks", async () => {
    await page.goto(`${ADMIN}/roles`);
    await page.click("text=Make a role");
    await page.fill("#name", "Network crew");
    await page.fill("#description", "Works the network's queue, and nothing else.");
    for (const it of ["tickets:read", "tickets:write", "tickets:assign", "notes:read"]) await page.check(`input[value="${it}"]`);
    await page.check("input[name=reach][value=queues]");
    await submit();
    expect(here() === `${ADMIN}/roles/network_crew`, here());
    expect(await page.isChecked('input[value="notes:read"]'), "what was ticked stays ticked");
    made.role = here();
    await page.goto(`${ADMIN}/roles/agent`);
    expect(await page.isDisabled("#name"), "a built-in role is not for changing");
  });

  await check("settings: a name that is taken is told beside the field", async () => {
    await page.goto(`${ADMIN}/roles/new?copy=agent`);
    await page.fill("#name", "network crew");
    await submit();
    await stands(page.locator("#name-error"), "it is told");
    expect(await page.isChecked('input[value="tickets:write"]'), "what was ticked is kept");
  });

  await check("settings: a page tries itself", async () => {
    await page.goto(`${ADMIN}/jobs`);
    await stands(page.locator(".works li", { hasText: "Notifications" }).locator(".badge", { hasText: "fine" }), "what runs is fine");
    await stands(page.locator(".all-well"), "nothing has failed");
    await page.goto(`${ADMIN}/ticket-rules`);
    await page.fill("#closeDays", "0");
    await page.fill("#remindDays", "0");
    await page.click("button[name=try]");
    await stands(page.locator("#forecast", { hasText: "Nothing." }), "no days, nothing closed");
    await page.goto(`${ADMIN}/ticket-rules`);
    expect((await page.inputValue("#closeDays")) !== "0", "a trial changes nothing");
    await page.goto(`${ADMIN}/on-call`);
    if (await page.locator("#at").count()) {
      await page.fill("#at", "2026-12-24T18:00");
      await page.locator("main form .send button").click();
      await stands(page.locator("th", { hasText: "24" }), "the instant heads a column");
    }
    await page.goto(`${ADMIN}/notifications`);
    await page.locator("form[action$='/test'] button").click();
    await stands(page.locator(".banner", { hasText: "It stands behind the bell." }), "the bell was told");
  });

  await check("settings: an organization with a domain, a department, a team with a queue", async () => {
    await page.goto(`${ADMIN}/organizations/new`);
    await page.fill("#name", "Quayside Ferries");
    await page.fill("[name=domain]", "nonsense");
    await page.check("[name=verified]");
    await submit();
    await stands(page.getByText("is no mail domain"), "a domain that is none is told");
    await page.fill("[name=domain] >> nth=0", "quayside.example");
    await page.check("[name=sharing][value=members]");
    await submit();
    made.organization = here();
    await page.goto(`${ADMIN}/departments/new`);
    await page.fill("#name", "Dispatch");
    await page.fill("#organization", "quayside ferries");
    await submit();
    made.department = here();
    await page.goto(`${ADMIN}/teams/new`);
    await page.fill("#name", "Night shift");
    await page.fill("#region", "North pier");
    await page.locator("input[name=queue]").first().check();
    await page.locator("input[name=member]").nth(1).check();
    await submit();
    made.team = here();
    await page.goto(`${ADMIN}/calendars/new`);
    await page.fill("#name", "Harbour hours");
    await page.fill("#timeZone", "Europe/Berlin");
    await page.fill("#mon", "9 to 5");
    await submit();
    await stands(page.getByText("is not a shift"), "a shift that is none is told beside its day");
    await page.fill("#mon", "09:00-12:00, 22:00-06:00");
    await page.fill("#overrides", "2026-12-24 09:00-12:00 Christmas Eve");
    await submit();
    made.calendar = here();
    await page.click("text=Look up holidays of a country");
    await page.selectOption("#country", "DE");
    await page.click("text=Look up");
    await page.selectOption("#region", "DE-BY");
    await page.click("text=Look up");
    await page.click("text=Put these into the calendar");
    await stands(page.getByText("Germany, Bayern"), "the holidays stand in the calendar");
    await page.goto(`${ADMIN}/calendars`);
    await stands(page.getByText("Harbour hours"), "the calendar is listed");
    expect(Object.values(made).every((it) => !it.endsWith("/new")), JSON.stringify(made));
  });

  await check("settings: a queue assigns in turn, a rule is tried and kept, people are on call and away", async () => {
    await page.goto(`${ADMIN}/queues`);
    await page.locator("main table a", { hasText: "Workplace" }).click();
    await page.selectOption("#strategy", "round_robin");
    await page.fill("#wip_limit", "0");
    await submit();
    await stands(page.locator("#wip_limit-error"), "a limit of nothing is told");
    await page.fill("#wip_limit", "500");
    await submit();
    expect((await page.inputValue("#strategy")) === "round_robin", "it is saved");
    made.queue = here();
    await page.goto(`${ADMIN}/on-call/new`);
    await page.fill("#name", "Harbour nights");
    await page.fill("[name=people] >> nth=0", "nobody@nowhere.example");
    await submit();
    await stands(page.getByText("There is no person"), "somebody unknown is told");
    await page.fill("[name=people] >> nth=0", "ada@harbourworks.example\nmax@harbourworks.example");
    await submit();
    made.rotation = here();
    await stands(page.locator(".on-call svg rect"), "the two weeks are drawn");
    await page.fill("#from", "2030-01-01T09:00");
    await page.fill("#until", "2030-01-02T09:00");
    await page.click("text=Put them on call");
    await stands(page.getByText("Take away"), "somebody is on call instead");
    await page.goto(`${ADMIN}/routing/new`);
    await page.fill("#name", "Printers");
    await page.fill("#condition", "colour:red");
    await page.fill("#tags", "printer");
    await submit();
    await stands(page.locator("#condition-error"), "a condition that cannot be read is told");
    await page.fill("#condition", "printer");
    await page.fill("#days", "30");
    await page.getByRole("button", { name: /^Try it/ }).click();
    await stands(page.locator("#trial"), "it says what it would have done");
    await submit();
    await page.click("text=Printers");
    made.rule = here();
    await page.goto(`${ADMIN}/agents`);
    await page.locator("main table a").first().click();
    made.skills = here();
    await page.fill("#skills", "vpn, Linux");
    await page.fill("[name=first]", "2030-05-06");
    await submit();
    await stands(page.getByText("vpn, linux"), "what they know is listed");
  });

  await check("settings: somebody is added, joins by their domain, and is sent away", async () => {
    await page.goto(`${ADMIN}/people`);
    await page.click("text=Add a person");
    await page.fill("#email", "nell@quayside.example");
    await page.fill("#name", "Nell Ferris");
    await page.check("input[name=role][value=network_crew]");
    await page.getByLabel("Night shift").check();
    await page.check("#person input[name=vip]");
    await submit();
    expect((await page.inputValue("#organization")) === "Quayside Ferries", "their mail domain says where they belong");
    made.person = here();
    await page.fill("#department", "Dispatch");
    await submit();
    expect((await page.inputValue("#department")) === "Dispatch", "it is saved");
    await page.click("summary:has-text('Deactivate')");
    await page.click("form[action$='/active'] button");
    await stands(page.getByText("Activate again"), "they may come back");
    await page.click("text=Activate again");
  });

  await check("settings: a sign-in method is added, tested in words, and somebody is linked with it", async () => {
    await page.goto(`${ADMIN}/sign-in`);
    await page.click("text=Add Proxy in front");
    await page.fill("#name", "Harbour proxy");
    await page.fill("#networks", "nonsense");
    await page.fill("#subject", "X-Forwarded-User");
    await page.click("text=Add it");
    await stands(page.locator("#networks-error"), "a range that is none is told");
    await page.fill("#networks", "10.0.0.5");
    await page.click("text=Add it");
    made.provider = here();
    await page.click("text=Test the connection");
    await stands(page.locator("#findings .banner"), "the test says what it found");
    await page.goto(made.person);
    await page.click("summary:has-text('Link with somebody there')");
    await page.fill("#subject", "nell.ferris");
    await page.click("form[action$='/identities'] button");
    await stands(page.locator("code:has-text('nell.ferris')"), "she is known there");
    await page.click("text=Send an invitation");
    await stands(page.getByText("An invitation is on its way"), "it is said");
  });

  await check("settings: a mailbox is added, tested in words, and not switched on without its password", async () => {
    await page.goto(`${ADMIN}/mailboxes`);
    await page.click("text=Add a mailbox");
    await page.fill("#name", "Harbour post");
    await page.fill("#address", "post@quayside.example");
    await page.fill("#host", "imap://quayside.example");
    await page.click("text=Add it");
    await stands(page.locator("#host-error"), "a host that is none is told");
    await page.fill("#host", "127.0.0.1");
    await page.fill("#port", "1");
    await page.click("text=Add it");
    made.mailbox = here();
    await page.click("text=Test the connection");
    await stands(page.locator("#findings .banner"), "the test says what it found");
    await page.check("input[name=enabled]");
    await submit();
    await stands(page.locator("#secret-error"), "it needs its password");
  });

  await check("settings: held mail is read, tried against a filter, and let in", async () => {
    const notice = (n) =>
      `From: Monitoring <alerts@mon.example>\r\nTo: help@harbourworks.example\r\nSubject: Disk full on db${n}\r\nMessage-ID: <n${n}@mon.example>\r\nAuto-Submitted: auto-generated\r\n\r\n98% used on db${n}\r\n`;
    for (const n of [1, 2]) ingest(notice(n));
    await page.goto(`${ADMIN}/mail?outcome=quarantined`);
    await page.click("text=Disk full on db2");
    made.mail = here();
    await stands(page.getByText("May it become a ticket?"), "it says how it was judged");
    await page.goto(`${ADMIN}/mail-filters/new`);
    await page.fill("#name", "Monitoring");
    await page.locator(".condition [name=value]").first().fill("@mon.example");
    await page.check('input[value="let_in"]');
    await page.fill("#tags", "monitoring");
    await page.click("text=Try it on past mail");
    await stands(page.locator("#trial tbody tr").nth(1), "it fits both");
    expect((await page.locator("#trial tbody tr").first().innerText()).includes("A new ticket"), "and says what would become of them");
    await submit();
    await page.click("table >> text=Monitoring");
    made.filter = here();
    await page.goto(`${ADMIN}/mail?outcome=quarantined`);
    await page.click("text=Disk full on db1");
    await stands(page.getByText("How it would be judged now"), "the new filter would let it in");
    await page.click("text=Judge it again");
    await stands(page.getByText("It was judged again, and is in."), "it is in");
    const number = await page.locator("main h2 a").first().innerText();
    await page.click(`main h2 >> text=${number}`);
    await page.goto(`/agent/tickets/${number}/messages/description`);
    await stands(page.getByText("Why it is here"), "the message says why it is here");
    made.message = here();
  });

  await check("tickets: two are merged, and parted again", async () => {
    // What is said of a mail that came in names its ticket.
    const lodge = (n, name) => {
      const said = ingest(`From: ${name} <${name.toLowerCase()}@merge.example>\r\nTo: help@harbourworks.example\r\nSubject: Gate ${n} stays shut\r\nMessage-ID: <g${n}@merge.example>\r\n\r\nSince noon.\r\n`);
      const number = said.match(/INC-\d+/)?.[0];
      expect(number, `it became a ticket: ${said}`);
      return number;
    };
    const kept = lodge(1, "Nora");
    const gone = lodge(2, "Omar");
    await page.goto(`/agent/tickets/${gone}/links`);
    await page.fill("[aria-label='Merge this ticket into, by number']", gone);
    await page.locator("section[aria-labelledby=joined] button").click();
    await stands(page.getByText("cannot be merged into itself"), "not into itself");
    await page.goto(`/agent/tickets/${gone}/merge?into=${kept}`);
    await stands(page.getByText("Omar"), "it says who will read more");
    made.merge = `${here()}?into=${kept}`;
    await page.click(`button:has-text("Merge into ${kept}")`);
    await page.waitForURL(`**/agent/tickets/${kept}`);
    await stands(page.locator("section[aria-labelledby=joined]").getByText(gone), "the survivor names it");
    made.survivor = here();
    await page.goto(`/agent/tickets/${gone}`);
    await stands(page.getByText(`This goes on in ${kept}`), "and the merged one says where it goes on");
    expect(!(await page.locator(".composer").count()), "nobody writes past the other");
    await page.click("text=Undo the merge");
    await stands(page.locator(".composer"), "it is a ticket of its own again");
    await page.goto(made.merge);
    await page.click(`button:has-text("Merge into ${kept}")`);
    made.merged = `/agent/tickets/${gone}`;
    made.merge = `/agent/tickets/${kept}/merge`;
  });

  await check("tickets: alike ones are shown while somebody writes, and become one outage", async () => {
    const lodge = (n) => {
      const said = ingest(`From: Crew ${n} <crew${n}@ferry.example>\r\nTo: help@harbourworks.example\r\nSubject: Ticket machine at pier four is dark\r\nMessage-ID: <pier${n}@ferry.example>\r\n\r\nThe ticket machine at pier four shows a dark screen and sells nothing.\r\n`);
      return said.match(/INC-\d+/)[0];
    };
    const [first, second] = [lodge(1), lodge(2)];
    await page.goto(`/agent/tickets/${second}`);
    const alike = page.locator("section[aria-labelledby=alike-tickets]");
    await stands(alike.getByText(first), "the other one stands beside it");
    await alike.getByRole("button", { name: "Link" }).first().click();
    await stands(page.locator("section[aria-labelledby=links]").getByText(first), "one step ties them");
    for (const n of [3, 4, 5]) lodge(n);
    await page.waitForFunction(() => fetch("/agent/outages").then((it) => it.text()).then((it) => it.includes("tickets like this")));
    await page.goto("/agent/views/all");
    await page.getByText("make one of them the parent").click();
    made.proposal = here();
    await page.fill("[name=message]", "The ticket machine at pier four is dark. We are on our way.");
    await page.click("text=Declare the outage");
    await stands(page.getByText("Its ticket is"), "it is declared");
    made.outage = here();
    const only = page.getByLabel("Quayside Ferries");
    const told = page.locator("form[action$='/message'] button[type=submit]");
    const save = async () => {
      await told.click();
      await stands(page.locator("#toasts").getByText("Saved."), "it is saved");
      await page.goto(made.outage);
    };
    await only.check();
    await save();
    expect(await only.isChecked(), "only the people of one organization are told");
    await page.goto("/");
    expect(!(await page.getByText("We are on our way").count()), "others read nothing");
    await page.goto(made.outage);
    await only.uncheck();
    await save();
    expect(!(await only.isChecked()), "nobody is chosen any more");
    await page.goto("/");
    await stands(page.getByText("We are on our way"), "everybody reads it on the first page");
  });

  await check("tickets: a solved one asks how it was, and one press answers", async () => {
    const said = ingest("From: Pia Holm <pia@survey.example>\r\nTo: help@harbourworks.example\r\nSubject: The gangway light is out\r\nMessage-ID: <gangway@survey.example>\r\n\r\nSince noon.\r\n");
    const number = said.match(/INC-\d+/)[0];
    await page.goto(`/agent/tickets/${number}`);
    await page.click(".ticket-actions button:has-text('Resolve')");
    const link = await survey(mail, "pia@survey.example");
    made.survey = `${new URL(link).pathname}?score=good`;
    await page.goto(made.survey);
    await page.click("text=It was good");
    await stands(page.getByText("Thank you"), "it is taken");
    await page.fill("#comment", "Quick and friendly.");
    await page.click("text=Send");
    await page.goto(`/agent/tickets/${number}`);
    await stands(page.getByText("Quick and friendly."), "whoever works it reads it");
    await page.goto("/agent/satisfaction");
    await stands(page.getByText("100 %"), "and it is counted");
  });

  await check("settings: what happens to tickets by itself is set", async () => {
    await page.goto(`${ADMIN}/ticket-rules`);
    await page.fill("#remindDays", "5");
    await submit();
    await stands(page.locator("#remindDays-error"), "what cannot be is told");
    await page.fill("#closeDays", "7");
    await submit();
    expect((await page.inputValue("#closeDays")) === "7", "it is kept");
  });

  await check("settings: an address that gets nothing is told before somebody writes to it", async () => {
    ingest("From: Gwen Hale <gwen@gone.example>\r\nTo: help@harbourworks.example\r\nSubject: The badge reader blinks\r\nMessage-ID: <gwen@gone.example>\r\n\r\nIt blinks.\r\n");
    await page.goto(`${ADMIN}/sending/addresses`);
    await page.fill("#address", "gwen@gone.example");
    await page.fill("#reason", "550 5.1.1 There is no such mailbox here.");
    await page.click("text=Send nothing more to it");
    await page.goto(`${ADMIN}/mail?q=badge`);
    await page.click("text=The badge reader blinks");
    await page.locator("main h2 a").first().click();
    await stands(page.getByText("Nothing is sent to gwen@gone.example"), "it is told");
    await stands(page.locator(`.unreached a[href="${ADMIN}/sending/addresses"]`), "and where an admin lifts it");
    made.unreached = here();
  });

  await check("settings: a sender is blocked and let in again", async () => {
    await page.goto(`${ADMIN}/mail-rules`);
    await page.fill("#pattern", "nobody");
    await page.click("text=Block >> nth=-1");
    await stands(page.locator("#pattern-error"), "what is no address is told");
    await page.fill("#pattern", "spam.example");
    await page.click("text=Block >> nth=-1");
    await stands(page.getByText("@spam.example"), "it is blocked");
    await page.fill("#answersPerAddressHour", "0");
    await submit();
    await stands(page.locator("#answersPerAddressHour-error"), "a budget of nothing is told");
  });

  await check("settings: rules of accounts and of addresses", async () => {
    await page.goto(`${ADMIN}/accounts`);
    await page.fill("#chars", "7");
    await submit();
    await stands(page.locator("#chars-error"), "too few are told");
    await page.fill("#chars", "12");
    await submit();
    expect((await page.inputValue("#chars")) === "12", "it is saved");
    await page.fill("#chars", "10");
    await submit();
    await page.goto(`${ADMIN}/addresses`);
    await page.fill("#staff", "192.0.2.0/24");
    await submit();
    await stands(page.locator("#staff-error"), "nobody shuts themselves out");
  });

  await check("settings: a role that somebody holds asks who they become", async () => {
    await page.goto(`${ADMIN}/roles/network_crew`);
    await page.click("summary:has-text('Delete')");
    await stands(page.locator("select[name=instead]"), "it asks");
  });

  await check("settings: the last admins stay", async () => {
    await page.goto(`${ADMIN}/people?q=max%40`);
    await page.click(".person-cell a");
    await page.uncheck("input[name=role][value=admin]");
    await page.check("input[name=role][value=agent]");
    await submit();
    const refused = await page.getByText("last admin").count();
    expect(refused, "it is refused");
  });

  await check("settings: no agent gets in", async () => {
    const ada = await Visitor.of(browser, address, { state: states.agent, plain: true });
    ada.meant.add(403);
    expect((await ada.page.goto(`${ADMIN}/people`)).status() === 403, "an agent is let in");
    await ada.close();
  });
  await max.close();
  return made;
}
