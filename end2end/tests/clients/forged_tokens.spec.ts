// Tokens that somebody else made up, or changed: each is refused, and none is an error of the server's.

import { createPublicKey, type JsonWebKey } from "node:crypto";

import { acceptedOf, isAccepted } from "../../clients/bearer.ts";
import { expect, test as base } from "../../clients/fixtures.ts";
import {
  encode,
  type Json,
  keyPair,
  type Parts,
  partsOf,
  signed,
  withSecret,
} from "../../clients/forge.ts";
import { Listener } from "../../clients/listener.ts";

const test = base.extend<{ token: string; parts: Parts; jwk: JsonWebKey }>({
  /** A good one, to begin with. */
  token: async ({ server, visitor }, use) => {
    const token = String((await visitor.signUp()).token);
    expect(await isAccepted(server.url, token)).toBe(true);
    await use(token);
    expect(await isAccepted(server.url, token), "a good token still is").toBe(true);
  },
  parts: async ({ token }, use) => use(partsOf(token)),
  /** The public half of what signed it. */
  jwk: async ({ parts, visitor }, use) => {
    const { data } = await visitor.client.jwks();
    const key = data?.keys.find(({ kid }) => kid === parts.header["kid"]);
    await use({ ...key } as JsonWebKey);
  },
});

test("no signature is none, however that is spelt", async ({ parts, server }) => {
  const { header, payload, signature } = parts;
  const tokens: Record<string, string> = {};
  for (const alg of [
    "none",
    "None",
    "NONE",
    "nOnE",
    "none ",
    " none",
    "",
    null,
    undefined,
    0,
    [],
    {},
  ]) {
    const input = `${encode({ ...header, alg })}.${encode(payload)}`;
    const name = JSON.stringify(alg) ?? "undefined";
    tokens[`${name}, two parts`] = input;
    tokens[`${name}, empty`] = `${input}.`;
    tokens[`${name}, signed`] = `${input}.${signature}`;
    tokens[`${name}, without kid`] = `${encode({ alg })}.${encode(payload)}.`;
  }
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("the public key is no secret", async ({ jwk, parts, server }) => {
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const secrets: [string, Buffer | string][] = [
    ["bytes", Buffer.from(jwk.x ?? "", "base64url")],
    ["base64url", jwk.x ?? ""],
    ["JWK", JSON.stringify(jwk)],
    ["PEM", key.export({ format: "pem", type: "spki" })],
    ["PEM without its last line break", String(key.export({ format: "pem", type: "spki" })).trim()],
    ["DER", key.export({ format: "der", type: "spki" })],
    ["kid", String(jwk["kid"])],
    ["empty", ""],
  ];
  const tokens: Record<string, string> = {};
  for (const [name, secret] of secrets) {
    for (const [alg, hash] of [
      ["HS256", "sha256"],
      ["HS384", "sha384"],
      ["HS512", "sha512"],
      ["EdDSA", "sha512"],
    ] as const) {
      tokens[`${alg} with ${name}`] = withSecret(
        hash,
        secret,
        { ...parts.header, alg },
        parts.payload,
      );
    }
  }
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("another algorithm's name changes nothing about the key", async ({ parts, server }) => {
  const { header, payload, signature } = parts;
  const tokens: Record<string, string> = {};
  for (const alg of [
    "RS256",
    "ES256",
    "ES256K",
    "PS256",
    "Ed25519",
    "eddsa",
    "Ed448",
    "dir",
    "A128KW",
  ]) {
    tokens[alg] = `${encode({ ...header, alg })}.${encode(payload)}.${signature}`;
  }
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("a token brings no key of its own, nor says where to find one", async ({ parts, server }) => {
  const { publicKey, privateKey } = keyPair();
  const kid = "the attacker's";
  const key = { ...publicKey.export({ format: "jwk" }), alg: "EdDSA", use: "sig", kid };
  const listener = await Listener.start({ json: { keys: [key] } });
  const certificate = Buffer.from("no certificate at all").toString("base64");
  try {
    const offers: Record<string, Json> = {
      jwk: { jwk: key },
      jku: { jku: `${listener.url}/jku` },
      x5u: { x5u: `${listener.url}/x5u` },
      x5c: { x5c: [certificate] },
      "all of them": {
        jwk: key,
        jku: `${listener.url}/jku`,
        x5u: `${listener.url}/x5u`,
        x5c: [certificate],
        "x5t#S256": encode("no thumbprint at all"),
      },
    };
    const tokens: Record<string, string> = {};
    for (const [name, offer] of Object.entries(offers)) {
      for (const [whose, id] of [
        ["our", parts.header["kid"]],
        ["its own", kid],
        ["no", undefined],
      ]) {
        const header = { ...parts.header, ...offer, kid: id };
        tokens[`${name} under ${whose} kid`] = signed(privateKey, header, parts.payload);
      }
    }
    expect(await acceptedOf(server.url, tokens)).toEqual([]);
    expect(listener.asked).toEqual([]);
  } finally {
    await listener.stop();
  }
});

test("a kid is a name and nothing else", async ({ parts, server }) => {
  const { privateKey } = keyPair();
  const ours = String(parts.header["kid"]);
  const kids: unknown[] = [
    "' OR '1'='1",
    "' UNION SELECT '\\x00'::bytea --",
    `${ours}'; DROP TABLE signing_key; --`,
    `${ours}' --`,
    "../../../../../dev/null",
    "/dev/null",
    "file:///dev/null",
    "|| sleep 10",
    "",
    " ",
    `${ours} `,
    ours.toUpperCase(),
    `{${ours}}`,
    ours.replaceAll("-", ""),
    "\0",
    "%s%n",
    "🗝️".repeat(200),
    "k".repeat(4_000),
    "00000000-0000-0000-0000-000000000000",
    0,
    true,
    null,
    [ours],
    { kid: ours },
    undefined,
  ];
  const tokens: Record<string, string> = {};
  for (const kid of kids) {
    const name = JSON.stringify(kid)?.slice(0, 60) ?? "none";
    const header = { ...parts.header, kid };
    tokens[`${name}, another's key`] = signed(privateKey, header, parts.payload);
    tokens[`${name}, an empty key`] = withSecret(
      "sha256",
      "",
      { ...header, alg: "HS256" },
      parts.payload,
    );
  }
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("another's key under the name of ours is another's", async ({ parts, server }) => {
  const { privateKey } = keyPair();
  const token = signed(privateKey, parts.header, parts.payload);
  expect(await isAccepted(server.url, token)).toBe(false);
});

test("the parts of two tokens make none", async ({ newcomer, parts, server, token }) => {
  const other = String((await newcomer().signUp()).token);
  const [head, body, signature] = token.split(".");
  const [, otherBody, otherSignature] = other.split(".");
  const { header, payload } = parts;
  const reordered = { kid: header["kid"], alg: "EdDSA", typ: "JWT" };
  const stranger = partsOf(other).payload["sub"];
  expect(
    await acceptedOf(server.url, {
      "another's claims": `${head}.${otherBody}.${signature}`,
      "another's signature": `${head}.${body}.${otherSignature}`,
      "a header that says the same otherwise": `${encode({ ...reordered, x: 1 })}.${body}.${signature}`,
      "a header without typ": `${encode({ ...header, typ: undefined })}.${body}.${signature}`,
      "claims that say the same otherwise": `${head}.${encode(JSON.stringify(payload, null, 1))}.${signature}`,
      "another user": `${head}.${encode({ ...payload, sub: stranger })}.${signature}`,
      "a longer life": `${head}.${encode({ ...payload, exp: Number(payload["exp"]) + 1 })}.${signature}`,
      swapped: `${body}.${head}.${signature}`,
    }),
  ).toEqual([]);
});

test("a part of a token is none, nor is more than one", async ({ server, token }) => {
  const [head = "", body = "", signature = ""] = token.split(".");
  const tokens: Record<string, string> = {
    empty: "",
    dots: "..",
    "many dots": ".".repeat(1_000),
    "five parts": `${token}.${body}.${signature}`,
    "a fourth part": `${token}.`,
    "no header": `.${body}.${signature}`,
    "no claims": `${head}..${signature}`,
    "no signature": `${head}.${body}.`,
    "no last part": `${head}.${body}`,
    twice: `${token}${token}`,
    padded: `${token}==`,
    "a blank within": `${head}. ${body}.${signature}`,
    "two of them": `${token} ${token}`,
    "with a comma": `${token},${token}`,
    quoted: `"${token}"`,
    "other base64": `${head}.${body}.${Buffer.from(signature, "base64url").toString("base64")}`,
    "not base64": `${head}.${body}.!${signature.slice(1)}`,
    "not ASCII": `${head}.${body}.é${signature.slice(1)}`,
    "headers that are no object": [encode("[]"), body, signature].join("."),
    "claims that are no JSON": [head, encode("no JSON"), signature].join("."),
  };
  for (let length = token.length - 1; length > 0; length -= 23) {
    tokens[`the first ${length} characters`] = token.slice(0, length);
  }
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("a signature is written in one way only", async ({ server, token }) => {
  // Its last character has four bits that belong to no byte.
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const [start, last] = [token.slice(0, -1), token.slice(-1)];
  const others = [...alphabet].filter((character) => character !== last);
  const tokens = Object.fromEntries(others.map((character) => [character, start + character]));
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("a token that is far too long is refused unread", async ({ parts, server }) => {
  const { header, payload, signature } = parts;
  const long = "x".repeat(20_000);
  expect(
    await acceptedOf(server.url, {
      nonsense: long,
      header: `${encode({ ...header, long })}.${encode(payload)}.${signature}`,
      claims: `${encode(header)}.${encode({ ...payload, long })}.${signature}`,
      signature: `${encode(header)}.${encode(payload)}.${signature}${long}`,
      kid: `${encode({ ...header, kid: long })}.${encode(payload)}.${signature}`,
      "deeply nested": `${encode(header)}.${encode("[".repeat(5_000))}.${signature}`,
    }),
  ).toEqual([]);
  // Longer still, and the request is not even heard.
  const headers = { authorization: `Bearer ${"x".repeat(40_000)}` };
  expect((await fetch(`${server.url}/api/auth/get-session`, { headers })).status).toBe(431);
});
