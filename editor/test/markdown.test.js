// What is read and written again says the same; what is pleasant stays pleasant. Seeded, so that a failure can be repeated.

import assert from "node:assert/strict";
import { test } from "node:test";
import { read, write } from "../src/markdown.js";
import { schema } from "../src/schema.js";

const SAME = [
  "Hello",
  "one\ntwo\n\nthree",
  "**bold** _slanted_ ~~gone~~ `code`",
  "- one\n- two\n  - deeper\n- three",
  "1. first\n2. second",
  "> quoted\n> more\n\nanswer",
  "```sh\nls -l | wc\n```",
  "## Heading\n\ntext",
  "| a | b |\n| --- | --: |\n| 1 | 2 |",
  "![](picture-1.png)",
  "[Lodge](https://lodge.example)",
  "see https://a.example/x_y_z?q=1 and snake_case_name",
  "[INC-000123] 5 * 3 = 15, a_b, 2 < 3 & so on, C:\\temp",
  "---",
];

test("what people write stays as they wrote it", () => {
  for (const text of SAME) assert.equal(write(read(text)), text);
});

const LITERAL = ["# no heading", "- no list", "1. no list", "> no quote", "*stars*", "_lines_", "~~tildes~~", "`ticks`", "[x](y)", "<b>", "&amp;", "a | b", "===", "--- ", "\\*", "![x](y)", "+ plus", "***", "    indented", "| a |", "&#38;", "[x]: y", "http://a.example/*x*"];

test("signs that were typed stay signs", () => {
  for (const text of LITERAL) {
    const doc = schema.nodes.doc.create(null, schema.nodes.paragraph.create(null, schema.text(text)));
    assert.equal(read(write(doc)).textContent.trim(), text.trim(), JSON.stringify(write(doc)));
  }
});

test("documents survive being written and read", () => {
  const random = seeded(20261122);
  for (let round = 0; round < 3000; round++) {
    const doc = read(write(someDoc(random)));
    const again = read(write(doc));
    assert.ok(again.eq(doc), `round ${round}: ${JSON.stringify(write(doc))} became ${JSON.stringify(write(again))}`);
  }
});

test("no words are lost", () => {
  const random = seeded(7);
  const letters = (doc) => doc.textBetween(0, doc.content.size, " ", " ").replace(/[^\p{L}\p{N}]+/gu, "");
  for (let round = 0; round < 3000; round++) {
    const doc = someDoc(random);
    assert.equal(letters(read(write(doc))), letters(doc), JSON.stringify(write(doc)));
  }
});

function seeded(state) {
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function someDoc(random) {
  return schema.nodes.doc.create(null, blocks(random, 2));
}

function blocks(random, depth) {
  return Array.from({ length: 1 + random(3) }, () => block(random, depth));
}

function block(random, depth) {
  const { paragraph, heading, code_block, blockquote, bullet_list, ordered_list, list_item, table, table_row, table_header, table_cell, horizontal_rule } = schema.nodes;
  const item = () => list_item.create(null, [paragraph.create(null, inline(random)), ...(depth > 1 && random(3) === 0 ? [block(random, depth - 1)] : [])]);
  const items = () => Array.from({ length: 1 + random(3) }, item);
  switch (random(depth > 0 ? 10 : 4)) {
    case 4: return heading.create({ level: 1 + random(3) }, plain(random));
    case 5: return code_block.create(null, schema.text("let x = *y*;\n`z` " + words(random)));
    case 6: return blockquote.create(null, blocks(random, depth - 1));
    case 7: return bullet_list.create(null, items());
    case 8: return ordered_list.create({ order: 1 }, items());
    case 9: {
      if (depth < 2) return horizontal_rule.create();
      const columns = 1 + random(3);
      const row = (type) => table_row.create(null, Array.from({ length: columns }, () => type.create(null, plain(random))));
      return table.create(null, [row(table_header), row(table_cell), row(table_cell)]);
    }
    default: return paragraph.create(null, inline(random));
  }
}

const WORDS = ["vpn", "drops", "3", "*", "_x_", "a_b", "#", "-", "1.", "[i]", "(ok)", "<tag>", "&", "|", "`", "~", "größe", "日本", "https://a.example/b_c", "!", "\\", "C:\\x", "=="];

function words(random) {
  return Array.from({ length: 1 + random(4) }, () => WORDS[random(WORDS.length)]).join(" ");
}

function plain(random) {
  return [schema.text(words(random))];
}

function inline(random) {
  const { strong, em, strike, code, link } = schema.marks;
  const kinds = [[], [], [strong.create()], [em.create()], [strike.create()], [code.create()], [link.create({ href: "https://a.example/p(1)" })], [strong.create(), em.create()]];
  const parts = [];
  for (let count = 1 + random(3); count > 0; count--) {
    parts.push(schema.text(words(random), kinds[random(kinds.length)]));
    if (count > 1) parts.push(random(5) === 0 ? schema.nodes.hard_break.create() : schema.text(" "));
  }
  return parts;
}
