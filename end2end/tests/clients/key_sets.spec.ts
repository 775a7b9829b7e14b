// Services in other languages verify our tokens by the key set alone, also after another key has begun to
// sign.

import { decodeProtectedHeader } from "jose";

import { expect, test } from "../../clients/fixtures.ts";
import { PythonService } from "../../clients/python.ts";
import { service } from "../../clients/tokens.ts";
import type { Visitor } from "../../clients/visitor.ts";

// The key set is the whole server's: its tests must not find each other's keys.
test.use({ settings: { RUST_LOG: "info" } });

async function tokenOf(visitor: Visitor): Promise<string> {
  const { data, error } = await visitor.client.token();
  expect(error).toBeNull();
  return data?.token ?? "";
}

async function publishedBy(visitor: Visitor): Promise<unknown[]> {
  const { data } = await visitor.client.jwks();
  return (data?.keys ?? []).map(({ kid }) => kid);
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

/** Tokens of a server whose keys are rotated: one of the key before, and one of the key after. */
async function tokensOverRotation(visitor: Visitor, rotate: () => Promise<void>) {
  const before = await tokenOf(visitor);
  await rotate();
  // The running server hears of it by itself.
  await expect.poll(async () => kidOf(await tokenOf(visitor))).not.toBe(kidOf(before));
  return { before, after: await tokenOf(visitor) };
}

test("jose verifies the tokens of both keys", async ({ rotateKeys, server, visitor }) => {
  const { user } = await visitor.signUp();
  const verify = service(server.url);
  // It has the key set of before.
  expect((await verify(await tokenOf(visitor))).payload.sub).toBe(user.id);
  const { before, after } = await tokensOverRotation(visitor, rotateKeys);
  for (const token of [before, after]) {
    const { payload, protectedHeader } = await verify(token);
    expect(payload.sub).toBe(user.id);
    expect(protectedHeader.kid).toBe(kidOf(token));
  }
});

test("PyJWT verifies the tokens of both keys", async ({ rotateKeys, server, visitor }) => {
  const { name, email, user } = await visitor.signUp();
  const python = new PythonService(server.url);
  try {
    const claims = { iss: server.url, aud: server.url, sub: user.id, name, email };
    expect((await python.verify(await tokenOf(visitor))).payload).toMatchObject(claims);
    const { before, after } = await tokensOverRotation(visitor, rotateKeys);
    for (const token of [before, after]) {
      const { header, payload } = await python.verify(token);
      expect(header).toEqual({ alg: "EdDSA", typ: "JWT", kid: kidOf(token) });
      expect(payload).toMatchObject(claims);
    }
  } finally {
    await python.stop();
  }
});

test("PyJWT refuses what was made for somebody else, and what was changed", async ({
  server,
  visitor,
}) => {
  const { token } = await visitor.signUp();
  const stranger = new URL(server.url);
  stranger.hostname = "127.0.0.1";
  const [elsewhere, here] = [new PythonService(stranger.origin), new PythonService(server.url)];
  try {
    expect((await elsewhere.verify(token)).error).toMatch(/Invalid(Audience|Issuer)Error/);
    const [header, , signature] = String(token).split(".");
    const changed = Buffer.from(JSON.stringify({ sub: "somebody else" })).toString("base64url");
    expect(await here.verify(`${header}.${changed}.${signature}`)).toEqual({
      error: "InvalidSignatureError",
    });
    expect((await here.verify(token)).payload).toBeDefined();
  } finally {
    await Promise.all([elsewhere.stop(), here.stop()]);
  }
});

test("the key before stays published beside the one after, and signs no more", async ({
  rotateKeys,
  visitor,
}) => {
  await visitor.signUp();
  const { before, after } = await tokensOverRotation(visitor, rotateKeys);
  const both = [kidOf(before), kidOf(after)].sort();
  expect((await publishedBy(visitor)).sort()).toEqual(both);
  expect(kidOf(await tokenOf(visitor))).toBe(kidOf(after));
});

test("a restart keeps the keys", async ({ server, visitor }) => {
  await visitor.signUp();
  const before = await tokenOf(visitor);
  const published = await publishedBy(visitor);
  await server.stop();
  await server.start();
  expect(await publishedBy(visitor)).toEqual(published);
  expect(kidOf(await tokenOf(visitor))).toBe(kidOf(before));
});

test("caches keep the key set for a while, and any page may read it", async ({ visitor }) => {
  const { headers, status } = await fetch(new URL("/api/auth/jwks", visitor.url));
  expect(status).toBe(200);
  expect(headers.get("cache-control")).toMatch(/max-age=[1-9]\d*/);
  expect(headers.get("cache-control")).not.toMatch(/no-store|private/);
  expect(headers.get("access-control-allow-origin")).toBe("*");
});
