// A real OpenID provider on loopback. Its people, and its keys, are changed by posting to /test/….
//
//     node server.mjs PORT REDIRECT_URI
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { Provider } from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const people = new Map();
const kept = new Map();

// What the provider remembers outlives a change of its keys.
class Memory {
  constructor(kind) {
    this.kind = kind;
  }
  key(id) {
    return `${this.kind}:${id}`;
  }
  async upsert(id, payload) {
    kept.set(this.key(id), payload);
    if (payload.uid) kept.set(`uid:${payload.uid}`, this.key(id));
  }
  async find(id) {
    return kept.get(this.key(id));
  }
  async findByUid(uid) {
    return kept.get(kept.get(`uid:${uid}`));
  }
  async findByUserCode() {
    return undefined;
  }
  async consume(id) {
    kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    kept.delete(this.key(id));
  }
  async revokeByGrantId(grant) {
    for (const [key, one] of kept) if (one.grantId === grant) kept.delete(key);
  }
}

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
}

function provider() {
  return new Provider(issuer, {
    adapter: Memory,
    jwks: { keys: [newKey()] },
    cookies: { keys: ["only for tests"] },
    clients: [
      {
        client_id: "ledger",
        client_secret: "a secret & of: tests",
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    claims: { openid: ["sub"], profile: ["preferred_username"], groups: ["groups"] },
    scopes: ["openid", "profile", "groups"],
    pkce: { required: () => true },
    findAccount: (_context, id) =>
      people.has(id) && { accountId: id, claims: () => ({ sub: id, ...people.get(id) }) },
  }).callback();
}

let answer = provider();

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return JSON.parse(text || "{}");
}

createServer(async (request, response) => {
  if (request.url === "/test/people") {
    for (const [id, claims] of Object.entries(await body(request))) people.set(id, claims);
    response.end();
  } else if (request.url === "/test/new-keys") {
    answer = provider();
    response.end();
  } else {
    answer(request, response);
  }
}).listen(Number(port), "127.0.0.1");
