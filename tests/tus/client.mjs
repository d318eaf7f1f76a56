// A public tus client against the desk: `node client.mjs ADDRESS TOKEN TICKET`. It sends a file in pieces, breaks off in the middle, goes on
// from what it remembers, and gives another one up. It prints the id of what hangs on the ticket.

import * as tus from "tus-js-client";

const [address, token, ticket] = process.argv.slice(2);
const bytes = Buffer.alloc(3_000_000, (at) => at).map((_, at) => (at * 31) % 251);
const options = {
  endpoint: `${address}/v1/uploads`,
  headers: { authorization: `Bearer ${token}` },
  metadata: { filename: "drawing.bin", filetype: "application/x-drawing", ticket },
  retryDelays: null,
};

const sent = (upload, breakAt) =>
  new Promise((done, failed) => {
    upload.options.onError = failed;
    upload.options.onSuccess = ({ lastResponse }) => done(lastResponse.getHeader("lodge-attachment"));
    upload.options.onChunkComplete = (_, accepted) => accepted >= breakAt && upload.abort().then(() => done());
    upload.start();
  });

const first = new tus.Upload(bytes, { ...options, chunkSize: 700_000 });
await sent(first, 1_400_000);
if (!first.url) throw new Error("it was never begun");

// Another process would know no more than the address.
const rest = new tus.Upload(bytes, { ...options, uploadUrl: first.url, chunkSize: 900_000 });
const attachment = await sent(rest, Infinity);

const unwanted = new tus.Upload(bytes, { ...options, chunkSize: 700_000 });
await sent(unwanted, 700_000);
await unwanted.abort(true);
const gone = await fetch(unwanted.url, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } });
if (gone.status !== 404) throw new Error(`what was given up answers ${gone.status}`);

console.log(attachment);
