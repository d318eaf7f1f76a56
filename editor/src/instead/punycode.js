// In place of the package `punycode.js`: the browser brings the names of hosts into the form that it needs.

export default { toASCII: (it) => it, toUnicode: (it) => it };
export const toASCII = (it) => it;
export const toUnicode = (it) => it;
