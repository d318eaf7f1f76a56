// What the server wrote, before any browser mended it: valid by the HTML standard. What assistive technology needs, axe looks at in the page.

import { HtmlValidate } from "html-validate";

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:document"],
  // What comes from the page's own server is as good as the page.
  // The rail, whose parts have headings, stands before the page's own; axe looks at their order.
  rules: { "require-sri": ["error", { target: "crossorigin" }], "heading-level": "off" },
});

/** The flaws of a document, a line each. */
export async function flaws(html) {
  const { results } = await validator.validateString(html);
  return results.flatMap((it) => it.messages).map((it) => `${it.ruleId}: ${it.message} (${it.selector ?? `line ${it.line}`})`);
}
