// Markdown that is typed takes effect at once: `## `, `- `, `1. `, `> `, three backticks, and what stands between stars, underscores, tildes or backticks.

import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { schema } from "./schema.js";

const { nodes, marks } = schema;

/** The plugin. */
export function markdownAsTyped() {
  return inputRules({
    rules: [
      textblockTypeInputRule(/^(#{1,3})\s$/, nodes.heading, (match) => ({ level: match[1].length })),
      textblockTypeInputRule(/^```$/, nodes.code_block),
      wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
      wrappingInputRule(/^\s*([-+*])\s$/, nodes.bullet_list),
      wrappingInputRule(/^(\d+)\.\s$/, nodes.ordered_list, (match) => ({ order: Number(match[1]) }), (match, node) => node.childCount + node.attrs.order === Number(match[1])),
      between(/(?:^|[^*])(\*\*([^*\s](?:[^*]*[^*\s])?)\*\*)$/, marks.strong),
      between(/(?:^|[^*\p{L}\p{N}])(\*([^*\s](?:[^*]*[^*\s])?)\*)$/u, marks.em),
      between(/(?:^|[^_\p{L}\p{N}])(_([^_\s](?:[^_]*[^_\s])?)_)$/u, marks.em),
      between(/(?:^|[^~])(~~([^~\s](?:[^~]*[^~\s])?)~~)$/, marks.strike),
      between(/(?:^|[^`])(`([^`]+)`)$/, marks.code),
    ],
  });
}

// The first group is what was typed with its signs, the second what stays of it.
function between(pattern, mark) {
  return new InputRule(pattern, (state, match, start, end) => {
    const [all, signed, kept] = match;
    const from = start + all.length - signed.length;
    if (state.doc.rangeHasMark(from, end, marks.code)) return null;
    const inside = state.doc.slice(from + signed.indexOf(kept), from + signed.indexOf(kept) + kept.length);
    // The last sign is typed and does not stand in the document yet.
    const tr = state.tr.replace(from, end, inside);
    tr.addMark(from, from + inside.size, mark.create());
    return tr.removeStoredMark(mark);
  });
}
