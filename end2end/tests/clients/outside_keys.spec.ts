// The key set of another issuer: what of it is used, and how often it is asked for.

import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";

import { SignJWT } from "jose";

import { acceptedOf, isAccepted } from "../../clients/bearer.ts";
import { expect, test as base } from "../../clients/fixtures.ts";
import { encode, type Json, keyPair, partsOf, withSecret } from "../../clients/forge.ts";
import { Listener } from "../../clients/listener.ts";

const ISSUER = "https://issuer.example";
const AUDIENCE = "donewell";

/** A key of that issuer's, by the name `kid`. */
class Key {
  readonly #pair: { publicKey: KeyObject; privateKey: KeyObject };
  readonly kid: string;
  readonly alg: string;

  constructor(kid: string, alg = "EdDSA") {
    this.kid = kid;
    this.alg = alg;
    this.#pair = pairs[alg]?.() ?? keyPair();
  }

  get jwk(): Json {
    return { ...this.#pair.publicKey.export({ format: "jwk" }), kid: this.kid, alg: this.alg };
  }

  sign(claims: Json = {}, header: Json = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const all = { iss: ISSUER, aud: AUDIENCE, sub: "ada", exp: now + 900, ...claims };
    return new SignJWT(JSON.parse(JSON.stringify(all)) as Json)
      .setProtectedHeader({ alg: this.alg, kid: this.kid, ...header })
      .sign(this.#pair.privateKey);
  }
}

const curve = (namedCurve: string) => () => generateKeyPairSync("ec", { namedCurve });
const rsa = (modulusLength: number) => () => generateKeyPairSync("rsa", { modulusLength });
const pairs: Record<string, () => { publicKey: KeyObject; privateKey: KeyObject }> = {
  ES256: curve("P-256"),
  ES384: curve("P-384"),
  ES512: curve("P-521"),
  RS256: rsa(2_048),
  RS512: rsa(2_048),
  PS256: rsa(2_048),
};

const test = base.extend<{ listener: Listener; key: Key }>({
  key: async ({}, use) => use(new Key("first")),
  listener: async ({ key }, use) => {
    const listener = await Listener.start({ json: { keys: [key.jwk] } });
    await use(listener);
    await listener.stop();
  },
  settings: async ({ listener }, use) =>
    use({ JWKS_URL: `${listener.url}/keys`, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE }),
});

test("its tokens need no typ, sid, name or iat, and may have more than one audience", async ({
  key,
  server,
}) => {
  const tokens = {
    bare: await key.sign(),
    "several audiences": await key.sign({ aud: ["somebody else", AUDIENCE] }),
    "an empty name": await key.sign({ sub: "b", name: "" }),
    "a name that is none": await key.sign({ sub: "c", name: { first: "Ada" } }),
    "a name of many lines": await key.sign({ sub: "d", name: "Ada\nLovelace\0" }),
    "any subject": await key.sign({ sub: "auth0|'; DROP TABLE app_user; -- 😀" }),
    "the longest subject": await key.sign({ sub: "s".repeat(255) }),
    "a fraction of a second": await key.sign({ exp: Date.now() / 1_000 + 900 }),
  };
  expect(await acceptedOf(server.url, tokens)).toEqual(Object.keys(tokens));
});

test("what it signed for others, at other times or for nobody is refused", async ({
  key,
  server,
}) => {
  const now = Math.floor(Date.now() / 1_000);
  const cases: Record<string, Json> = {
    "another issuer": { iss: "https://elsewhere.example" },
    "an issuer with a slash": { iss: `${ISSUER}/` },
    "no issuer": { iss: undefined },
    "another audience": { aud: "elsewhere" },
    "other audiences": { aud: ["elsewhere", `${AUDIENCE}x`] },
    "no audience": { aud: undefined },
    "no end": { exp: undefined },
    "an end in words": { exp: String(now + 900) },
    "the past": { exp: now - 60 },
    "the future": { nbf: now + 60 },
    nobody: { sub: undefined },
    "an empty subject": { sub: "" },
    "a subject that is a number": { sub: 7 },
    "a subject that is far too long": { sub: "s".repeat(256) },
    "a subject with a line break": { sub: "ada\nadmin" },
    "a subject with a zero": { sub: "ada\0" },
  };
  const tokens: Record<string, string> = {};
  for (const [name, claims] of Object.entries(cases)) {
    tokens[name] = await key.sign(claims);
  }
  expect(await isAccepted(server.url, await key.sign())).toBe(true);
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("neither issuer's keys speak for the other", async ({ key, listener, server, visitor }) => {
  const { header, payload } = partsOf(String((await visitor.signUp()).token));
  const disguised = new Key(String(header["kid"]));
  listener.answer = { json: { keys: [key.jwk, disguised.jwk] } };
  const tokens = {
    "theirs in our name": await key.sign(payload),
    "theirs under our kid, in our name": await disguised.sign(payload),
    "theirs in our name, for them": await key.sign({ ...payload, aud: AUDIENCE }),
  };
  expect(await isAccepted(server.url, await disguised.sign())).toBe(true);
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("keys of a kind that we don't know are passed over, and don't spoil the others", async ({
  key,
  listener,
  server,
}) => {
  const good = ["EdDSA", "ES256", "RS256"].map((alg) => new Key(`good ${alg}`, alg));
  const strange = ["ES384", "ES512", "RS512", "PS256"].map((alg) => new Key(`strange ${alg}`, alg));
  const secret = { kty: "oct", kid: "secret", k: encode("a shared secret"), alg: "HS256" };
  const encrypting = new Key("encrypting");
  listener.answer = {
    json: {
      keys: [
        null,
        7,
        {},
        { kty: "EC", crv: "P-256", kid: "half", x: "AAAA" },
        secret,
        { ...encrypting.jwk, use: "enc" },
        ...strange.map(({ jwk }) => jwk),
        key.jwk,
        ...good.map(({ jwk }) => jwk),
      ],
    },
  };
  const tokens: Record<string, string> = {
    secret: withSecret(
      "sha256",
      "a shared secret",
      { alg: "HS256", kid: "secret" },
      claimsOf(await key.sign()),
    ),
    encrypting: await encrypting.sign(),
  };
  for (const one of [...strange, ...good]) {
    tokens[one.kid] = await one.sign();
  }
  expect(await acceptedOf(server.url, tokens)).toEqual(good.map(({ kid }) => kid));
});

test("a public key of theirs is no secret, and an algorithm is not to be chosen", async ({
  listener,
  server,
}) => {
  const rsaKey = new Key("rsa", "RS256");
  const ecKey = new Key("ec", "ES256");
  listener.answer = { json: { keys: [rsaKey.jwk, ecKey.jwk] } };
  const tokens: Record<string, string> = {};
  for (const key of [rsaKey, ecKey]) {
    const { alg, jwk, kid } = key;
    const token = await key.sign();
    expect(await isAccepted(server.url, token)).toBe(true);
    const payload = claimsOf(token);
    const pem = createPublicKey({ key: jwk, format: "jwk" }).export({
      format: "pem",
      type: "spki",
    });
    tokens[`HS256 with ${kid}`] = withSecret("sha256", pem, { alg: "HS256", kid }, payload);
    tokens[`none with ${kid}`] = `${encode({ alg: "none", kid })}.${encode(payload)}.`;
    const other = `${encode({ alg, kid })}.${encode({ ...payload, sub: "eve" })}`;
    tokens[`other claims with ${kid}`] = `${other}.${token.split(".")[2]}`;
  }
  for (const alg of ["RS384", "RS512", "PS256"]) {
    tokens[`${alg} with rsa`] = await rsaKey.sign({}, { alg });
  }
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("made-up key ids don't have it asked again and again", async ({ key, listener, server }) => {
  expect(await isAccepted(server.url, await key.sign())).toBe(true);
  const strangers = Array.from({ length: 40 }, (_, count) => new Key(`made up ${count}`));
  const tokens = await Promise.all(strangers.map((stranger) => stranger.sign()));
  const accepted = await Promise.all(tokens.map((token) => isAccepted(server.url, token)));
  expect(accepted).not.toContain(true);
  // The first, one more, and none for half a minute.
  expect(listener.asked.length).toBeLessThanOrEqual(2);
  expect(await isAccepted(server.url, await key.sign())).toBe(true);
});

test("only tokens in its name have it asked at all", async ({ listener, server, visitor }) => {
  const { token } = await visitor.signUp();
  await isAccepted(server.url, String(token));
  await isAccepted(
    server.url,
    await new Key("stranger").sign({ iss: "https://elsewhere.example" }),
  );
  await isAccepted(server.url, "no token");
  expect(listener.asked).toEqual([]);
});

for (const [what, answer] of [
  ["an empty set", { json: { keys: [] } }],
  ["no set", { json: { error: "none" } }],
  ["no JSON", { text: "<!doctype html>" }],
  ["far too much", { text: `{"keys":[${"null,".repeat(400_000)}null]}` }],
  ["another place to look", { location: "http://127.0.0.1:1/keys" }],
] satisfies [string, Listener["answer"]][]) {
  test(`when it answers with ${what}, the keys that are known go on`, async ({
    key,
    listener,
    server,
  }) => {
    expect(await isAccepted(server.url, await key.sign())).toBe(true);
    listener.answer = answer;
    expect(await isAccepted(server.url, await new Key("second").sign())).toBe(false);
    expect(listener.asked).toHaveLength(2);
    expect(await isAccepted(server.url, await key.sign({ sub: "grace" }))).toBe(true);
  });
}

test("where it answers with a redirect, nobody follows", async ({ key, listener, server }) => {
  const elsewhere = await Listener.start({ json: { keys: [key.jwk] } });
  try {
    listener.answer = { location: `${elsewhere.url}/keys` };
    expect(await isAccepted(server.url, await key.sign())).toBe(false);
    expect(elsewhere.asked).toEqual([]);
  } finally {
    await elsewhere.stop();
  }
});

const claimsOf = (token: string) => partsOf(token).payload;

test("where it was never reached, its tokens are refused, and ours go on", async ({
  key,
  listener,
  server,
  visitor,
}) => {
  await listener.stop();
  const tokens = { theirs: await key.sign(), ours: String((await visitor.signUp()).token) };
  expect(await acceptedOf(server.url, tokens)).toEqual(["ours"]);
});
