// A demo desk of its own for one run: a free port, a folder that is removed at the end, the binary that is to be proved.

import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PASSWORD = "lodge-demo";
export const PEOPLE = {
  requester: "rosa@harbourworks.example",
  agent: "ada@harbourworks.example",
  lead: "tomas@harbourworks.example",
  admin: "max@harbourworks.example",
};

const START_MILLIS = 60_000;

export function freePort() {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Starts the desk; gives its address and how to stop it. */
export async function start(binary, tickets, settings = {}) {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "lodge-browser-"));
  const lines = [];
  const address = `http://127.0.0.1:${port}`;
  let child;
  let ended;
  const serve = (words) => {
    child = spawn(binary, words, {
      env: { ...process.env, LODGE_LIMITS__CREDENTIALS_PER_MINUTE: "1000", ...settings, LODGE_LISTEN: `127.0.0.1:${port}`, LODGE_DATA_DIR: join(folder, "data"), LODGE_SMTP__FOLDER: join(folder, "mail") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (it) => lines.push(String(it)));
    ended = new Promise((done) => child.once("exit", done));
  };
  const end = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const stop = async () => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };
  const served = async () => {
    const until = Date.now() + START_MILLIS;
    while (!(await answers(address + "/"))) {
      if (child.exitCode !== null || Date.now() > until) {
        await stop();
        throw new Error(`The desk did not start:\n${lines.join("").slice(-3000)}`);
      }
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  /** Ends the process, and starts another on the same data. */
  const restart = async () => {
    await end();
    serve(["serve"]);
    await served();
  };
  serve(["demo", "--tickets", String(tickets), "--into", join(folder, "data")]);
  await served();
  /** Runs a command of the binary on this desk. */
  const run = (words, input) => execFileSync(binary, words, { input, env: { ...process.env, LODGE_DATA_DIR: join(folder, "data") } }).toString();
  // Hands a raw mail in as it would have come from a mailbox.
  const ingest = (raw) => run(["mail", "ingest"], raw);
  return { address, stop, restart, run, ingest, mail: join(folder, "mail"), log: () => lines.join("") };
}
