// What holds and what does not. A check is a name and a function that throws; one that fails keeps no other from running.

const passed = [];
const failed = [];

export async function check(name, run) {
  const began = performance.now();
  try {
    const said = await run();
    passed.push(name);
    console.log(`ok    ${name}${said ? `: ${said}` : ""} (${Math.round(performance.now() - began)} ms)`);
    return true;
  } catch (error) {
    failed.push(name);
    console.log(`FAIL  ${name}: ${String(error.message ?? error).split("\n").slice(0, 12).join("\n      ")}`);
    return false;
  }
}

export function expect(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

/** Waits until something stands on the page. What comes a moment later on a slow machine comes all the same. */
export async function stands(locator, why) {
  await locator.first().waitFor({ state: "attached" }).catch((cause) => {
    throw new Error(why, { cause });
  });
}

/** The last line, and whether all is well. */
export function finish() {
  if (failed.length) console.log(`\nfailed:\n  ${failed.join("\n  ")}`);
  console.log(`${passed.length} passed, ${failed.length} failed`);
  return failed.length === 0 && passed.length > 0;
}
