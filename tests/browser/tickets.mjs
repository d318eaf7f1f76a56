// Tickets that are hard to show: long titles, words without end, many tags, other scripts and directions, no text at all.

import { Visitor } from "./visitor.mjs";

const LONG_TITLE =
  "Since the move to the new building nobody on the second floor of the east wing can reach the drawings of the previous projects, neither by cable nor over the air, and the phones in the meeting rooms ring without anybody calling";

const HARD = `Ein Satz ohne Punkt, then one long word: ${"Donaudampfschifffahrtsgesellschaft".repeat(9)} and an address https://example.com/${"a-very-long-path/".repeat(20)}

مرحبا، لا أستطيع طباعة الفواتير منذ صباح اليوم، وتظهر رسالة خطأ رقم 503 عند كل محاولة.

你好，今天早上开始我无法打印发票，每次都会出现错误代码503。请帮忙检查打印机和网络连接。

| Room | State | Remark |
| --- | --- | --- |
| E2.01 | down | ${"x".repeat(120)} |

\`\`\`
${"thread 'main' panicked at src/main.rs:1:1 ".repeat(6)}
\`\`\`
`;

/** Sends a form of the page as a browser would. */
async function send(visitor, path, fields) {
  const answer = await visitor.post(path, { multipart: fields });
  if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}`);
  return answer.url().split("/").pop();
}

/** Makes them; gives the numbers of one that is hard, one that is rich, and one of the requester's own. */
export async function prepare(browser, address, states) {
  const rosa = await Visitor.of(browser, address, { state: states.requester });
  await rosa.page.goto("/incidents/new");
  const theirs = await rosa.page.inputValue("#incident input[name=csrf]");
  const hard = await send(rosa, "/incidents/new", { csrf: theirs, title: LONG_TITLE, description: HARD, hurt: "everybody", once: "hard" });
  for (const [title, once] of [["طابعة الطابق الثالث لا تعمل منذ الصباح", "ar"], ["三楼的打印机从今天早上开始无法打印任何文件", "zh"], ["W".repeat(240), "w"]]) {
    await send(rosa, "/incidents/new", { csrf: theirs, title, description: "…", hurt: "blocked", once });
  }
  await rosa.close();

  const ada = await Visitor.of(browser, address, { state: states.agent });
  await ada.page.goto(`/agent/tickets/${hard}`);
  const csrf = await ada.page.inputValue("#composer input[name=csrf]");
  const tags = Array.from({ length: 24 }, (_, at) => (at % 5 ? `tag-${at}` : `a-rather-long-tag-number-${at}`)).join(",");
  const act = (noun, fields) => ada.post(`/agent/tickets/${hard}/${noun}`, { form: { csrf, ...fields } });
  await act("tags", { add: tags });
  await act("links", { kind: "blocks", number: "INC-000001" });
  await act("watch", { watching: "on" });
  await send(ada, `/agent/tickets/${hard}/comments`, { csrf, mode: "note", body: `Short.\n\n> ${"quoted ".repeat(60)}` });
  await send(ada, `/agent/tickets/${hard}/comments`, { csrf, mode: "reply", seen: "", body: "مرحبا روزا، نحن نعمل على حل المشكلة الآن." });
  await ada.page.goto("/agent/views/all?sort=changed");
  const rich = await ada.page.locator(".row .number").nth(12).innerText();
  await ada.close();
  return { hard, rich, mine: hard };
}

/** As long as one another, and about different things: many that are alike would be taken for an outage. */
const WEIGHED = [
  ["The lamp over my desk flickers", "Since Monday the lamp over my desk goes on and off by itself, mostly in the afternoon."],
  ["My badge opens no garage door", "Both gates of the garage stay shut when I hold the badge to the reader, red light twice."],
  ["Calendar shows meetings twice", "After the phone was set up anew each appointment stands twice in the week, an hour apart."],
  ["Headset hums in long calls", "About twenty minutes into a call there is a hum in the left ear until I plug it in again."],
  ["Colours of the beamer are wrong", "Everything that should be yellow is green on the wall of room 4, on the laptop it is fine."],
];

/** Tickets that are the same in every run, the newest of the desk; gives the number of the one in their midst. */
export async function weigh(browser, address, states) {
  const rosa = await Visitor.of(browser, address, { state: states.requester });
  await rosa.page.goto("/incidents/new");
  const theirs = await rosa.page.inputValue("#incident input[name=csrf]");
  const numbers = [];
  for (const [title, said] of WEIGHED) {
    const description = `${said} `.repeat(6) + "\n\n- seen by: three people\n- tried: off and on";
    numbers.push(await send(rosa, "/incidents/new", { csrf: theirs, title, description, hurt: "annoying", once: title }));
  }
  await rosa.close();
  const ada = await Visitor.of(browser, address, { state: states.agent });
  for (const number of numbers) {
    await ada.page.goto(`/agent/tickets/${number}`);
    const csrf = await ada.page.inputValue("#composer input[name=csrf]");
    await send(ada, `/agent/tickets/${number}/comments`, { csrf, mode: "note", body: "Went there and saw it with my own eyes. ".repeat(8) });
  }
  await ada.close();
  return numbers[2];
}
