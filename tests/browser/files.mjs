// Files: they are shown small and press into a larger picture; one that is too large for a form goes up beside it and the message waits for
// it, one is taken off its ticket, a list becomes one, and the settings say what may be sent.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { violations } from "./pages.mjs";
import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

// One page with a red box, and a word.
const PDF = `%PDF-1.4
1 0 obj
<< /Type /Catalog /Pages 2 0 R >>
endobj
2 0 obj
<< /Type /Pages /Kids [3 0 R] /Count 1 >>
endobj
3 0 obj
<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>
endobj
4 0 obj
<< /Length 77 >>
stream
BT /F1 48 Tf 72 640 Td (Ground floor) Tj ET 0.8 0.2 0.1 rg 72 100 300 300 re f
endstream
endobj
5 0 obj
<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>
endobj
trailer << /Size 6 /Root 1 0 R >>
`;
const SIZE = 52 * 1024 * 1024;

export async function walk(browser, address, states, shots) {
  const folder = await mkdtemp(join(tmpdir(), "lodge-files-"));
  const large = join(folder, "disk image.img");
  await writeFile(large, Buffer.alloc(SIZE, "a disk "));
  const ada = await Visitor.of(browser, address, { state: states.agent });
  const { page } = ada;
  let ticket;

  await check("a large file goes up in pieces, and the message waits for it", async () => {
    await page.goto("/agent/tickets/new");
    await page.fill("[name=title]", "A disk that cannot be read");
    await page.fill("[name=requester]", "rosa@harbourworks.example");
    await page.click("main button[type=submit][data-look=primary]");
    await page.waitForURL(/\/agent\/tickets\/INC/);
    ticket = page.url();
    await page.locator("#composer input[type=file]").setInputFiles(large);
    await stands(page.locator(".uploading", { hasText: "disk image.img" }), "it says that it is being sent");
    await page.locator("#composer-body").fill("The image is attached.");
    await page.locator("#composer button[data-look=primary]").click();
    const file = page.locator(".message", { hasText: "The image is attached." }).locator(".file");
    await file.waitFor();
    expect((await file.innerText()).includes("52"), `it says ${await file.innerText()}`);
    const got = await page.request.get(await file.getAttribute("href"));
    expect(Number(got.headers()["content-length"]) === SIZE, `it has ${got.headers()["content-length"]} bytes`);
  });

  await check("a picture and a PDF are shown small where they stand, and press into a larger picture", async () => {
    const shot = join(folder, "screen.png");
    await writeFile(shot, await page.screenshot());
    const plan = join(folder, "plan.pdf");
    await writeFile(plan, PDF);
    await page.goto(ticket);
    await page.locator("#composer input[type=file]").setInputFiles([shot, plan]);
    await page.locator("#composer-body").fill("Two pictures.");
    await page.locator("#composer button[data-look=primary]").click();
    const message = page.locator(".message", { hasText: "Two pictures." });
    // Nobody loads the page again: it hears that they are there.
    for (const name of ["screen.png", "plan.pdf"]) await stands(message.getByRole("link", { name: `Preview of ${name}` }), `${name} has a picture`);
    const boxes = [];
    for (const it of await message.locator(".thumbnail").all()) {
      await it.scrollIntoViewIfNeeded();
      const img = it.locator("img");
      await page.waitForFunction((one) => one.complete && one.naturalWidth > 0, await img.elementHandle());
      boxes.push(await it.boundingBox());
      const larger = await page.request.get(await it.getAttribute("href"));
      expect(larger.status() === 200 && larger.headers()["content-type"] === "image/jpeg", `it leads to ${larger.status()}`);
    }
    expect(boxes.length === 2 && boxes[0].height === boxes[1].height && boxes[0].width === boxes[1].width, "both have the same place");
    if (shots) await message.screenshot({ path: join(shots, "files-message.png") });
    const first = message.getByRole("link", { name: "Preview of screen.png" });
    await first.click();
    const box = page.locator("dialog.lightbox");
    await stands(box.locator('img[alt="screen.png"]'), "it stands in front of the page");
    await page.waitForFunction(() => document.querySelector(".lightbox img").naturalWidth > 0);
    const wrong = await violations(page);
    expect(wrong.length === 0, wrong.join("\n"));
    if (shots) await page.screenshot({ path: join(shots, "files-lightbox.png") });
    const place = await box.locator("header p").innerText();
    await page.keyboard.press(place.endsWith("1 / 2") ? "ArrowRight" : "ArrowLeft");
    await stands(box.locator('img[alt="plan.pdf"]'), "the other one by a key");
    expect((await box.getByRole("link", { name: "Download" }).getAttribute("href")).includes("/v1/attachments/"), "the file is a step away");
    await page.keyboard.press("Escape");
    await box.waitFor({ state: "hidden" });
    expect(await first.evaluate((it) => it === document.activeElement), "one is back where one was");
    await page.goto(`${ticket}/files`);
    await stands(page.locator(".files li", { hasText: "plan.pdf" }).locator(".thumbnail"), "the files have it, too");
    for (const [name, size, scheme] of [["wide-light", { width: 1280, height: 800 }, "light"], ["wide-dark", { width: 1280, height: 800 }, "dark"], ["phone-light", { width: 390, height: 780 }, "light"], ["phone-dark", { width: 390, height: 780 }, "dark"]]) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: scheme });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing stands beside the page, ${name}`);
      if (shots) await page.screenshot({ path: join(shots, `files-${name}.png`) });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: null });
    const rosa = await Visitor.of(browser, address, { state: states.requester });
    await rosa.page.goto(ticket.replace("/agent/tickets/", "/tickets/"));
    await stands(rosa.page.getByRole("link", { name: "Preview of plan.pdf" }), "the requester sees it");
    const theirs = rosa.page.locator(".thumbnail img").last();
    await theirs.scrollIntoViewIfNeeded();
    await rosa.page.waitForFunction((one) => one.complete && one.naturalWidth > 0, await theirs.elementHandle());
    if (shots) await rosa.page.screenshot({ path: join(shots, "files-portal.png"), fullPage: true });
    await rosa.close();
  });

  await check("a file is taken off its ticket", async () => {
    await page.goto(`${ticket}/files`);
    const file = page.locator(".files li", { hasText: "disk image.img" });
    await file.getByRole("button", { name: "Take off" }).click();
    await file.waitFor({ state: "detached" });
    await page.goto(`${ticket}/history`);
    await stands(page.getByText("took off the file disk image.img"), "the history says so");
  });

  await check("a list becomes a file: at once, and in the background while one looks on", async () => {
    const text = async (download) => Buffer.concat(await (await download).createReadStream().then((it) => it.toArray())).toString();
    await page.goto("/agent/views/all");
    const total = Number(await page.locator("#list .list-head .count").innerText());
    await page.locator("#list [popovertarget=sort]").click();
    await page.getByRole("link", { name: "Export", exact: true }).click();
    await page.waitForURL("**/agent/exports?**");
    await page.locator("details.fold summary").click();
    await page.getByLabel("Description").check();
    let download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download now" }).click();
    const now = await text(download);
    expect(now.startsWith("\ufeffNumber,Title") && now.includes("Description"), `it begins ${now.slice(0, 60)}`);
    await page.getByRole("button", { name: "Make it in the background" }).click();
    const made = page.locator("#exports li", { hasText: "Ready" });
    await made.waitFor();
    expect((await made.innerText()).includes(`${total} tickets`), `${total} in the list, and ${await made.innerText()}`);
    download = page.waitForEvent("download");
    await made.getByRole("link", { name: "Download" }).click();
    expect((await text(download)).startsWith(now.slice(0, 60)), "it is the same");
    await made.getByRole("button", { name: "Remove" }).click();
    await stands(page.locator("#exports", { hasText: "No file yet" }), "it is gone");
  });

  await check("what goes on by itself is looked at again when its person is told", async () => {
    const max = await Visitor.of(browser, address, { state: states.admin });
    await max.page.addInitScript(() => {
      window.lines = [];
      window.EventSource = class extends EventSource {
        constructor(address) {
          super(address);
          window.lines.push(this);
        }
      };
    });
    await max.page.goto("/agent/admin/search");
    await max.page.waitForFunction(() => window.lines.at(-1)?.readyState === 1);
    // As it stands while an index is built, with a word that the next look at it takes away.
    await max.page.evaluate(() => {
      const part = document.querySelector("#search-index");
      part.dataset.liveGoesOn = "";
      part.append("an old word");
      const data = JSON.stringify({ kind: "notification.created", seq: 0, aside: true });
      window.lines.at(-1).dispatchEvent(new MessageEvent("notification.created", { data }));
    });
    await stands(max.page.locator("#search-index", { hasNotText: "an old word" }), "it is as it is now");

    // A part is not put in place anew beneath somebody who presses a button of it.
    await max.page.evaluate(() => {
      const button = document.createElement("button");
      button.textContent = "Pressed";
      button.addEventListener("click", () => (window.clicked = true));
      const part = document.querySelector("#search-index");
      part.dataset.liveGoesOn = "";
      part.append(button);
    });
    await max.page.locator("button", { hasText: "Pressed" }).hover();
    await max.page.mouse.down();
    const asked = max.page.waitForRequest("**/agent/admin/search", { timeout: 1000 }).catch(() => null);
    await max.page.evaluate(() => {
      const data = JSON.stringify({ kind: "notification.created", seq: 0, aside: true });
      window.lines.at(-1).dispatchEvent(new MessageEvent("notification.created", { data }));
    });
    expect((await asked) === null, "the part was fetched while a button of it was pressed");
    await max.page.mouse.up();
    expect(await max.page.evaluate(() => window.clicked), "the press was none");
    await stands(max.page.locator("#search-index:not(:has-text('Pressed'))"), "it is as it is now");
    await max.close();
  });

  await check("the settings say which files may be sent", async () => {
    const max = await Visitor.of(browser, address, { state: states.admin });
    max.meant.add(422);
    await max.page.goto("/agent/admin/files");
    await max.page.fill("#requester", "0");
    await max.page.fill("#refused", ".EXE, bat");
    await max.page.click("main button[data-look=primary]");
    await stands(max.page.locator("#requester[aria-invalid]"), "what is no size is refused");
    expect((await max.page.inputValue("#refused")) === ".EXE, bat", "what was typed stays");
    await max.page.fill("#requester", "25");
    await max.page.click("main button[data-look=primary]");
    await stands(max.page.locator("#toasts", { hasText: "Saved" }), "the word says so");
    expect((await max.page.inputValue("#refused")) === "bat, exe", "they are kept as endings");
    await max.page.fill("#refused", "");
    await max.page.click("main button[data-look=primary]");
    await stands(max.page.locator("#refused[value='']"), "and given up again");
    await max.close();
  });

  await rm(folder, { recursive: true });
  return [ada];
}
