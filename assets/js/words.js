// Words for people: the phrases of `locales/*/script.ftl` in the reader's language, which the page brings along.

const phrases = JSON.parse(document.getElementById("script-words")?.textContent || "{}");
const plurals = new Intl.PluralRules(document.documentElement.lang || "en");

/** The phrase with this id, with or without `js-`. `values` take the places of `{name}`; `count` among them chooses the plural. */
export function t(id, values = {}) {
  const found = phrases["js-" + id] ?? phrases[id] ?? id;
  const text = typeof found === "string" ? found : (found[plurals.select(values.count ?? 0)] ?? found.other);
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
