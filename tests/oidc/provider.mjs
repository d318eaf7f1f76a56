// A certified OpenID Connect provider (oidc-provider) on one port of this machine, for the tests of signing in. People are signed in
// without a form, as whom the test says; its keys can be changed while it runs, and its tokens spoiled in one way at a time.

import { createServer } from "node:http";
import { createHmac } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import Provider from "oidc-provider";

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const CLIENT = { id: "desk", secret: "the client's secret & more" };

let settings = {};
let person = {};
let spoil = "";
let key;
let handle;

async function newKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  key = { ...(await exportJWK(privateKey)), kid: `${alg}-${Date.now()}-${Math.random()}`, alg, use: "sig" };
}

/** What is changed about a token, by the name of the fault. */
const FAULTS = {
  nonce: (claims) => ({ ...claims, nonce: "another" }),
  "no nonce": ({ nonce, ...claims }) => claims,
  audience: (claims) => ({ ...claims, aud: "another" }),
  issuer: (claims) => ({ ...claims, iss: "https://evil.example" }),
  "a little late": (claims) => ({ ...claims, exp: now() - 30 }),
  expired: (claims) => ({ ...claims, exp: now() - 120 }),
  "a little early": (claims) => ({ ...claims, iat: now() + 30 }),
  future: (claims) => ({ ...claims, iat: now() + 120 }),
};
const now = () => Math.floor(Date.now() / 1000);
const encoded = (it) => Buffer.from(JSON.stringify(it)).toString("base64url");

async function spoiled(token) {
  const [, payload, signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  if (spoil === "unsigned") return `${encoded({ alg: "none" })}.${payload}.`;
  if (spoil === "shared secret") {
    const signed = `${encoded({ alg: "HS256" })}.${payload}`;
    return `${signed}.${createHmac("sha256", CLIENT.secret).update(signed).digest("base64url")}`;
  }
  if (spoil === "signature") return `${encoded({ alg: key.alg, kid: key.kid })}.${encoded({ ...claims, sub: "admin" })}.${signature}`;
  if (spoil === "foreign key") {
    const { privateKey } = await generateKeyPair(key.alg);
    return new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.kid }).sign(privateKey);
  }
  return new SignJWT(FAULTS[spoil](claims)).setProtectedHeader({ alg: key.alg, kid: key.kid }).sign(await importJWK(key, key.alg));
}

function make() {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [settings.callback],
        post_logout_redirect_uris: [settings.signedOut],
        backchannel_logout_uri: settings.backChannel,
        backchannel_logout_session_required: true,
        id_token_signed_response_alg: key.alg,
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ["test"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "locale"], groups: ["groups"] },
    scopes: ["openid", "email", "profile", "groups"],
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    pkce: { required: () => true },
    interactions: { url: (_, it) => `/interaction/${it.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ ...person, sub }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid email profile groups");
      await grant.save();
      return grant;
    },
    // Its own way to fetch refuses addresses of this machine, where the desk is.
    fetch: (url, { signal, method, headers, body, redirect }) => fetch(url, { signal, method, headers, body, redirect }),
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Session: 3600, Interaction: 600, Grant: 3600 },
  });
  provider.use(async (ctx, next) => {
    if (ctx.path.startsWith("/interaction/")) {
      const result = person.sub ? { login: { accountId: person.sub } } : { error: "access_denied", error_description: "not today" };
      await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
      ctx.respond = false;
      return;
    }
    await next();
    if (ctx.path === "/token" && spoil && ctx.body?.id_token) ctx.body = { ...ctx.body, id_token: await spoiled(ctx.body.id_token) };
  });
  handle = provider.callback();
}

async function control(request, response) {
  let body = "";
  for await (const part of request) body += part;
  const said = JSON.parse(body);
  if (said.settings) settings = said.settings;
  if (said.person) person = said.person;
  if ("spoil" in said) spoil = said.spoil;
  if (said.newKey) await newKey(said.newKey);
  if (said.settings || said.newKey) make();
  response.writeHead(204).end();
}

await newKey("RS256");
createServer((request, response) => {
  if (request.url === "/control") return void control(request, response).catch((error) => response.writeHead(500).end(String(error)));
  if (!handle) return void response.writeHead(503).end();
  handle(request, response);
}).listen(port, "127.0.0.1");
