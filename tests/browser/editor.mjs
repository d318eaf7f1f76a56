// The editor of formatted text: what is typed, pasted and pressed becomes Markdown, nothing that was written is lost on any way, and who
// prefers the source has it.

import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const TEXT = "#composer-body-editor";
const WORD = `<html><head><style>p.MsoNormal{margin:0}</style></head><body><!--StartFragment-->
<p class=MsoNormal>Please check:<o:p></o:p></p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1.<span>&nbsp;&nbsp;</span></span>the <b>router</b></p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o<span>&nbsp;</span></span>its lamp</p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>2.<span>&nbsp;&nbsp;</span></span>the cable</p>
<table><tr><td><p>Room</p></td><td colspan=2><p>Port</p></td></tr><tr><td>E2</td><td>7</td><td>up</td></tr></table>
<p onclick="alert(1)"><a href="javascript:alert(1)">gone</a> <img src="file:///c:/x.png"></p><!--EndFragment--></body></html>`;

/** Puts something on the text as if it came from the clipboard. */
function paste(page, parts, file) {
  return page.evaluate(
    ([selector, parts, file]) => {
      const data = new DataTransfer();
      for (const [type, text] of Object.entries(parts)) data.setData(type, text);
      if (file) data.items.add(new File([Uint8Array.from(atob(file), (it) => it.charCodeAt(0))], "image.png", { type: "image/png" }));
      document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    },
    [TEXT, parts, file],
  );
}

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const markdown = (page) => page.evaluate(() => document.querySelector("#composer-body").value);

const kept = (page, words) => page.waitForFunction((it) => Object.values(localStorage).some((draft) => draft.includes(it)), words);

async function begin(page, mode = "i") {
  await page.locator("#composer").waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press(mode);
  await page.locator(TEXT + ".ProseMirror-focused").waitFor();
}

export async function write(browser, address, states, tickets) {
  const ada = await Visitor.of(browser, address, { state: states.agent, editor: true });
  const { page } = ada;

  await check("editor: it comes when somebody begins to write, and not before", async () => {
    const fetched = [];
    page.on("request", (it) => it.url().includes("/assets/editor.") && fetched.push(it.url()));
    await page.goto(`/agent/tickets/${tickets.rich}`);
    await page.locator("#composer").waitFor();
    expect(!fetched.length, "it was fetched with the page");
    await begin(page);
    expect(fetched.length === 1, `it was fetched ${fetched.length} times`);
  });

  await check("editor: Markdown that is typed takes effect, and what it gives is Markdown", async () => {
    await page.keyboard.type("Two **important** things, `ls -l`:");
    await page.keyboard.press("Enter");
    await page.keyboard.type("- first_name");
    await page.keyboard.press("Enter");
    await page.keyboard.type("second");
    const text = await markdown(page);
    expect(text === "Two **important** things, `ls -l`:\n\n- first_name\n- second", JSON.stringify(text));
    await stands(page.locator(`${TEXT} strong`), "it is shown bold");
  });

  await check("editor: keys and the bar, with arrows", async () => {
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Control+b");
    await page.keyboard.type("loud");
    await page.keyboard.press("Control+b");
    await page.keyboard.type(" and ");
    await page.locator(".editor-bar button").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.keyboard.type("slanted");
    expect((await markdown(page)) === "**loud** and _slanted_", await markdown(page));
    await page.keyboard.press("Control+Shift+k");
    await page.keyboard.type("a.example/x");
    await page.keyboard.press("Enter");
    expect((await markdown(page)).includes("https://a.example/x"), await markdown(page));
  });

  await check("editor: what comes from Word is its structure, without its dress and its tricks", async () => {
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await paste(page, { "text/html": WORD, "text/plain": "Please check" });
    const text = await markdown(page);
    for (const part of ["Please check:", "1. the **router**", "   - its lamp", "2. the cable", "| Room | Port |", "| E2 | 7 | up |"]) expect(text.includes(part), `${part} is not in ${JSON.stringify(text)}`);
    for (const part of ["Mso", "javascript", "file:", "<", "o:p"]) expect(!text.includes(part), `${part} stands in ${JSON.stringify(text)}`);
  });

  await check("editor: a picture from the clipboard stands in the text and goes along as a file", async () => {
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.type("See ");
    await paste(page, {}, PNG);
    expect(/^See !\[\]\(picture-\d+\.png\)$/.test(await markdown(page)), await markdown(page));
    expect((await page.evaluate(() => document.querySelector(".attach input").files.length)) === 1, "the file is in the form");
    await stands(page.locator(`${TEXT} img[src^="blob:"]`), "it is shown");
  });

  await check("editor: a note is sent by its key, and the next one begins in an empty editor", async () => {
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.type("The *fuser* of the editor is worn.");
    await page.keyboard.press("Control+Enter");
    await stands(page.locator(".message em", { hasText: "fuser" }), "the note stands in the thread");
    expect((await page.inputValue("#composer-body")) === "", "the composer is empty");
  });

  await check("editor: half a note outlives a reload, and a change of the ticket by somebody else", async () => {
    await begin(page);
    await page.keyboard.type("Half a ");
    const csrf = await page.inputValue("#composer input[name=csrf]");
    await ada.post(`/agent/tickets/${tickets.rich}/tags`, { form: { csrf, add: "seen-in-editor" } });
    await stands(page.getByText("seen-in-editor"), "the ticket came anew");
    await page.keyboard.type("note");
    expect((await markdown(page)) === "Half a note", await markdown(page));
    await kept(page, "Half a note");
    await page.reload();
    await begin(page);
    await page.waitForFunction(() => document.querySelector("#composer-body").value === "Half a note");
    expect((await page.locator(TEXT).innerText()).trim() === "Half a note", "the editor shows it");
  });

  await check("editor: the source, and back", async () => {
    await page.click(".editor-bar .source");
    expect(await page.locator("#composer-body").isVisible(), "the source is there");
    await page.fill("#composer-body", "| a | b |\n| --- | --- |\n| **1** | 2 |");
    await kept(page, "**1**");
    await page.reload();
    await page.locator("#composer").waitFor();
    await page.focus("#composer-body");
    expect(!(await page.locator(TEXT).count()), "who prefers the source has it again");
    await page.click(".to-editor");
    await stands(page.locator(`${TEXT} td strong`), "the table is shown");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
  });

  await check("editor: what is selected in a message is quoted by the reply", async () => {
    await page.evaluate(() => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector(".message .content p"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.activeElement?.blur();
    });
    await page.keyboard.press("r");
    await page.waitForFunction(() => document.querySelector("#composer-body").value.startsWith("> "));
    await page.locator(TEXT + ".ProseMirror-focused").waitFor();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
  });
  return [ada];
}
