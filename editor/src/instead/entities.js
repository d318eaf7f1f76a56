// In place of the package `entities`, which carries 70 KB of names that every browser knows already.

const numeric = /^&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));$/i;

/** One entity, such as `&amp;` or `&#228;`, as the sign that it stands for; what is none stays as it is. */
export function decodeHTML(text) {
  const [, hex, decimal] = numeric.exec(text) ?? [];
  if (hex || decimal) {
    const code = parseInt(hex ?? decimal, hex ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  }
  if (typeof document === "undefined" || !/^&[a-z][a-z0-9]{1,31};$/i.test(text)) return text;
  const holder = document.createElement("textarea");
  holder.innerHTML = text;
  return holder.value;
}

export const decodeHTMLStrict = decodeHTML;
