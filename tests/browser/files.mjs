// Files: one that is too large for a form goes up beside it and the message waits for it, one is taken off its ticket, a list becomes one, and
// the settings say what may be sent.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { check, expect, stands } from "./tally.mjs";
import { Visitor } from "./visitor.mjs";

const SIZE = 52 * 1024 * 1024;

export async function walk(browser, address, states) {
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
    await page.getByRole("link", { name: "Export" }).click();
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
