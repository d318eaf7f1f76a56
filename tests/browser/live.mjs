// Two agents at one ticket, and a restart: who is here and who types, what came in between, what one is told, and that what was begun
// is there again.

import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const shown = (page, text) => page.getByText(text).first().waitFor({ state: "visible" });

/** A ticket of this title that an agent lodges for somebody, assigned to another. */
async function lodge(visitor, title, more = {}) {
  const answer = await visitor.page.request.post("/v1/tickets", {
    headers: { origin: visitor.address },
    data: { title, requester: "rosa@harbourworks.example", ...more },
  });
  expect(answer.ok(), `lodged: ${answer.status()}`);
  return (await answer.json()).number;
}

export async function watch(browser, desk, states) {
  const { address } = desk;
  const ada = await Visitor.of(browser, address, { state: states.agent });
  const tomas = await Visitor.of(browser, address, { state: states.lead });
  const rosa = await Visitor.of(browser, address, { state: states.requester });
  let number;

  await check("live: colleagues see each other come, type and go", async () => {
    number = await lodge(tomas, "The badge reader at gate 4 is dead", { assignee: "ada@harbourworks.example" });
    await ada.page.goto(`/agent/tickets/${number}`);
    await tomas.page.goto(`/agent/tickets/${number}`);
    await ada.page.locator("#presence .avatar[aria-label='Tomas Reyes']").waitFor();
    await tomas.page.locator("#presence .avatar[aria-label='Ada Lindqvist']").waitFor();
    await tomas.page.locator("#composer-body").pressSequentially("On my way to the gate");
    await ada.page.locator("#presence [data-typing]").waitFor();
    await stands(ada.page.locator("#presence", { hasText: "Tomas Reyes" }), "it says who types");
  });

  await check("live: sending over a newer answer warns once and shows it", async () => {
    await ada.page.locator("#composer-body").fill("I have ordered a new reader.");
    await tomas.page.locator("#composer-body").fill("The cable was loose; it works again.");
    await tomas.page.keyboard.press("Control+Enter");
    await shown(ada.page, "The cable was loose; it works again.");
    ada.meant.add(409);
    await ada.page.locator("#composer button[data-look=primary]").click();
    await ada.page.locator("#composer-error", { hasText: "The cable was loose" }).waitFor();
    expect((await ada.page.locator("#composer-body").inputValue()) === "I have ordered a new reader.", "what she wrote still stands");
    await ada.page.locator("#composer button[data-look=primary]").click();
    await ada.page.locator(".message", { hasText: "I have ordered a new reader." }).waitFor();
  });

  await check("live: what concerns one comes to the bell and into the corner, without loading the page", async () => {
    await ada.page.goto("/agent/views/all");
    await ada.page.evaluate(() => (window.sameDocument = true));
    const before = Number(await ada.page.locator("#bell").getAttribute("data-unread"));
    const sent = await rosa.post(`/tickets/${number}/comments`, { multipart: { body: "It is dead again.", csrf: await token(rosa, `/tickets/${number}`) } });
    expect(sent.ok(), `answered: ${sent.status()}`);
    await ada.page.waitForFunction((it) => Number(document.getElementById("bell")?.dataset.unread) > it, before);
    await ada.page.locator(".toast", { hasText: number }).waitFor();
    await ada.page.locator("#bell").click();
    await ada.page.locator("#newest-notices .notice", { hasText: number }).first().waitFor();
    expect(await ada.page.evaluate(() => window.sameDocument), "the page was loaded again");
    await ada.page.keyboard.press("Escape");
    await ada.page.goto("/notifications");
    const mine = ada.page.locator(".notice", { hasText: number }).first();
    await mine.locator("a").click();
    await ada.page.waitForURL(`**/agent/tickets/${number}`);
  });

  await check("live: whoever is named is told and follows", async () => {
    await ada.page.locator("#composer-body").fill("@tomas please take it.");
    await ada.page.locator("#composer input[value=note]").check();
    await ada.page.locator("#composer button[data-look=primary]").click();
    await ada.page.locator(".message", { hasText: "please take it" }).waitFor();
    await tomas.page.goto("/notifications");
    await tomas.page.locator(".notice", { hasText: "Ada Lindqvist" }).first().waitFor();
  });

  await check("live: a shared draft is taken up and sent by a colleague", async () => {
    await ada.page.goto(`/agent/tickets/${number}`);
    await ada.page.locator("#composer input[value=reply]").check();
    await ada.page.locator("#composer-body").fill("Dear Rosa, a new reader comes on Tuesday.");
    await ada.page.locator("#composer button[formaction$='/drafts']").click();
    await ada.page.locator(".shared-draft").waitFor();
    await tomas.page.goto(`/agent/tickets/${number}`);
    const draft = tomas.page.locator(".shared-draft");
    await stands(draft.locator(".by", { hasText: "Ada Lindqvist" }), "it says who wrote");
    await draft.locator("textarea").fill("Dear Rosa, a new reader comes on Wednesday.");
    await draft.locator("button[value=send]").click();
    await tomas.page.locator(".message", { hasText: "comes on Wednesday" }).waitFor();
    await tomas.page.goto(`/agent/tickets/${number}/history`);
    await shown(tomas.page, "sent the reply that Ada Lindqvist wrote");
  });

  await check("live: a ticket is put aside by keys and comes back when its requester answers", async () => {
    await ada.page.goto(`/agent/tickets/${number}`);
    await ada.page.keyboard.press("z");
    expect(await ada.page.evaluate(() => document.activeElement?.name === "until"), "the key leads to the choice");
    await ada.page.locator(".later .inline-form button").first().click();
    await ada.page.locator(".aside-now").waitFor();
    await ada.page.goto("/agent/views/aside");
    await ada.page.locator(`#row-${number}`).waitFor();
    await rosa.post(`/tickets/${number}/comments`, { multipart: { body: "Any news?", csrf: await token(rosa, `/tickets/${number}`) } });
    await ada.page.goto(`/agent/tickets/${number}`);
    await ada.page.locator(".later select[name=until]").waitFor();
  });

  let other;
  await check("live: tabs and drafts are there again after the desk was restarted", async () => {
    other = await lodge(tomas, "Two monitors for the new office", { assignee: "ada@harbourworks.example" });
    await ada.page.goto(`/agent/tickets/${number}`);
    await ada.page.keyboard.press("o");
    await ada.page.locator(".open-tab[data-current]").waitFor();
    await ada.page.goto(`/agent/tickets/${other}`);
    const kept = ada.page.waitForResponse((it) => it.url().includes("/v1/me/drafts/") && it.request().method() === "PUT" && it.ok());
    await ada.page.locator("#composer-body").pressSequentially("The monitors are in stock, and");
    await kept;
    await desk.restart();
    const elsewhere = await Visitor.of(browser, address, { state: states.agent });
    await elsewhere.page.goto(`/agent/tickets/${other}`);
    expect((await elsewhere.page.locator("#composer-body").inputValue()) === "The monitors are in stock, and", "the draft is there at another browser");
    await elsewhere.page.locator(`.open-tab a[href$='${number}']`).waitFor();
    await elsewhere.page.evaluate(() => document.activeElement?.blur());
    await elsewhere.page.keyboard.press("]");
    await elsewhere.page.waitForFunction((it) => !location.pathname.endsWith(it), other);
    await elsewhere.close();
  });

  await check("live: two copies of a draft are both kept", async () => {
    const elsewhere = await Visitor.of(browser, address, { state: states.agent });
    elsewhere.meant.add(412);
    ada.meant.add(412);
    await ada.page.goto(`/agent/tickets/${other}`);
    await elsewhere.page.goto(`/agent/tickets/${other}`);
    const saved = (visitor, status) => visitor.page.waitForResponse((it) => it.url().includes("/v1/me/drafts/") && it.request().method() === "PUT" && it.status() === status);
    const first = saved(elsewhere, 200);
    await elsewhere.page.locator("#composer-body").fill("From the other machine");
    await first;
    const refused = saved(ada, 412);
    await ada.page.locator("#composer-body").fill("From this machine");
    await refused;
    await ada.page.locator(".other-draft button").click();
    expect((await ada.page.locator("#composer-body").inputValue()) === "From the other machine", "the other copy can be had");
    await elsewhere.close();
  });

  await check("live: words that were kept move nothing when they come back on a phone", async () => {
    const elsewhere = await Visitor.of(browser, address, { state: states.agent });
    await elsewhere.page.goto(`/agent/tickets/${other}`);
    const kept = elsewhere.page.waitForResponse((it) => it.url().includes("/v1/me/drafts/") && it.request().method() === "PUT" && it.ok());
    await elsewhere.page.locator("#composer input[value=note]").check();
    await elsewhere.page.locator("#composer-body").fill("Ask the lab whether theirs may be used meanwhile.");
    await kept;
    await elsewhere.close();
    const phone = await Visitor.of(browser, address, { state: states.agent, width: 390, height: 844, touch: true });
    await phone.page.goto(`/agent/tickets/${other}`);
    await phone.page.waitForFunction(() => document.querySelector("#composer [data-draft-state]").textContent);
    await phone.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const seen = await phone.seen();
    expect(seen.shift === 0, `it moved by itself: ${seen.moved.join("; ")}`);
    await phone.close();
  });

  await check("live: a cut line tells what was missed", async () => {
    await ada.page.goto(`/agent/tickets/${number}`);
    await ada.page.evaluate(() => (window.sameDocument = true));
    await ada.page.evaluate(() => document.activeElement?.blur());
    ada.cut = true;
    await ada.context.setOffline(true);
    await tomas.page.goto(`/agent/tickets/${number}`);
    await tomas.page.locator("#composer input[value=note]").check();
    await tomas.page.locator("#composer-body").fill("Said while the line was cut.");
    await tomas.page.locator("#composer button[data-look=primary]").click();
    await tomas.page.locator(".message", { hasText: "while the line was cut" }).waitFor();
    await ada.context.setOffline(false);
    await shown(ada.page, "Said while the line was cut.");
    expect(await ada.page.evaluate(() => window.sameDocument), "the page was loaded again");
    // What the browser says of a line that was cut on purpose is meant.
    ada.complaints = ada.complaints.filter((it) => !/ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_CONNECTION|ERR_INCOMPLETE|\/v1\/events/.test(it));
  });

  await check("live: a socket goes on where it was cut, and tells who is there", async () => {
    await ada.page.goto("/agent/views/all");
    await tomas.page.goto("/agent/views/all");
    // A socket that is closed as soon as it has heard so many notices of a kind.
    const listen = (visitor, topics, last, kind, count) =>
      visitor.page.evaluate(
        ([topics, last, kind, count]) =>
          new Promise((done, failed) => {
            const socket = new WebSocket(`${location.origin.replace("http", "ws")}/v1/ws?topics=${topics}${last ? `&lastEventId=${last}` : ""}`);
            const heard = [];
            socket.onerror = () => failed(new Error("the socket failed"));
            socket.onopen = () => document.dispatchEvent(new Event("open-socket"));
            socket.onmessage = ({ data }) => {
              const notice = JSON.parse(data);
              if (notice.kind === kind) heard.push(notice);
              if (heard.length === count) (socket.close(), done(heard));
            };
            window.socketIsOpen = new Promise((open) => document.addEventListener("open-socket", open, { once: true }));
          }),
        [topics, last, kind, count],
      );
    const note = async (body) => {
      const answer = await tomas.page.evaluate(
        ([number, body]) => fetch(`/v1/tickets/${number}/comments`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ body, isPrivate: true }) }).then((it) => it.status),
        [number, body],
      );
      expect(answer === 201, `the note: ${answer}`);
    };
    const first = listen(ada, `ticket:${number}`, 0, "comment.added", 1);
    await ada.page.evaluate(() => window.socketIsOpen);
    await note("Heard over the socket.");
    const [one] = await first;
    expect(one.type === "CommentAdded" && one.number === number && one.seq > 0, JSON.stringify(one));
    await note("Said while it was cut.");
    await note("And a second one.");
    const missed = await listen(ada, `ticket:${number}`, one.seq, "comment.added", 2);
    expect(missed[0].seq > one.seq && missed[1].seq > missed[0].seq, "each once, in their order");
    const present = listen(ada, `ticket:${number}`, 0, "presence.changed", 1);
    await ada.page.evaluate(() => window.socketIsOpen);
    await tomas.page.evaluate(
      (number) => {
        window.there = new WebSocket(`${location.origin.replace("http", "ws")}/v1/ws?topics=lists`);
        window.there.onopen = () => window.there.send(JSON.stringify({ ticket: number, typing: "note", active: true }));
      },
      number,
    );
    await present;
    const others = await ada.page.evaluate((number) => fetch(`/v1/tickets/${number}/presence`).then((it) => it.json()), number);
    // Ada may have been there a moment ago.
    expect(others.items.filter((it) => it.typing === "note").length === 1, JSON.stringify(others));
  });

  for (const visitor of [ada, tomas, rosa]) visitor.complaints = visitor.complaints.filter((it) => !/ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|\/v1\/events|ERR_EMPTY_RESPONSE/.test(it));
  return [ada, tomas, rosa];
}

/** The token of the forms of a page. */
async function token(visitor, path) {
  await visitor.page.goto(path);
  return visitor.page.locator("input[name=csrf]").first().inputValue();
}
