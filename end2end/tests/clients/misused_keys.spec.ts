// What our own key signed is not good for that alone: who made it, for whom and until when must be right too.

import { randomUUID } from "node:crypto";

import { acceptedOf, isAccepted, opensAccount } from "../../clients/bearer.ts";
import { expect, test as base } from "../../clients/fixtures.ts";
import { type Json, OwnKey, partsOf } from "../../clients/forge.ts";

const test = base.extend<{ key: OwnKey; claims: Json }>({
  key: async ({ server }, use) => use(await OwnKey.insert(server.database)),
  /** Good ones, of somebody who is signed in. */
  claims: async ({ key, server, visitor }, use) => {
    const claims = partsOf(String((await visitor.signUp()).token)).payload;
    // The server looks for keys that it doesn't know once a second at most.
    await expect.poll(() => isAccepted(server.url, key.sign(claims))).toBe(true);
    await use(claims);
    expect(await isAccepted(server.url, key.sign(claims)), "a good token still is").toBe(true);
  },
});

const now = () => Math.floor(Date.now() / 1_000);

test("for another audience, or in another's name", async ({ claims, key, server }) => {
  const { url } = server;
  const wrong: unknown[] = [
    undefined,
    null,
    "",
    "*",
    0,
    true,
    {},
    [],
    "https://elsewhere.example",
    `${url}/`,
    `${url}.elsewhere.example`,
    `${url}@elsewhere.example`,
    url.toUpperCase(),
    url.replace("http:", "https:"),
    url.slice(0, -1),
    ` ${url}`,
  ];
  const tokens: Record<string, string> = {};
  for (const value of wrong) {
    const name = JSON.stringify(value) ?? "none";
    tokens[`iss ${name}`] = key.sign({ ...claims, iss: value });
    tokens[`aud ${name}`] = key.sign({ ...claims, aud: value });
    tokens[`aud [${name}]`] = key.sign({ ...claims, aud: [value] });
  }
  expect(await acceptedOf(url, tokens)).toEqual([]);
});

test("too late, and at no time at all", async ({ claims, key, server }) => {
  const ends: unknown[] = [
    undefined,
    null,
    String(now() + 900),
    new Date(Date.now() + 900_000).toISOString(),
    true,
    {},
    [now() + 900],
    0,
    -1,
    now() - 31,
    now() - 60,
    now() - 86_400,
  ];
  const tokens: Record<string, string> = {};
  for (const exp of ends) {
    tokens[`exp ${JSON.stringify(exp) ?? "none"}`] = key.sign({ ...claims, exp });
  }
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("too early", async ({ claims, key, server }) => {
  const tokens = {
    "in a minute": key.sign({ ...claims, nbf: now() + 60 }),
    "in a year": key.sign({ ...claims, nbf: now() + 31_536_000 }),
  };
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("clocks may differ by half a minute", async ({ claims, key, server }) => {
  const tokens = {
    "just over": key.sign({ ...claims, exp: now() - 15 }),
    "not yet": key.sign({ ...claims, nbf: now() + 15 }),
    "long since": key.sign({ ...claims, nbf: now() - 15 }),
  };
  expect(await acceptedOf(server.url, tokens)).toEqual(Object.keys(tokens));
});

test("for nobody, or for no session", async ({ claims, key, server }) => {
  const wrong: unknown[] = [
    undefined,
    null,
    "",
    7,
    true,
    [],
    {},
    "admin",
    "' OR '1'='1",
    `${String(claims["sub"])}x`,
  ];
  const tokens: Record<string, string> = {};
  for (const value of wrong) {
    const name = JSON.stringify(value) ?? "none";
    tokens[`sub ${name}`] = key.sign({ ...claims, sub: value });
    tokens[`sid ${name}`] = key.sign({ ...claims, sid: value });
  }
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

// The account asks its database whose a session is. Tasks are asked for without a query: whoever holds our key can say
// anything there.
test("for another, or a session that nobody has", async ({ claims, key, newcomer, server }) => {
  const stranger = partsOf(String((await newcomer().signUp()).token)).payload;
  const wrong = [
    { sub: stranger["sub"] },
    { sid: stranger["sid"] },
    { sub: randomUUID() },
    { sid: randomUUID() },
    { sub: "00000000-0000-0000-0000-000000000000" },
    { sid: "00000000-0000-0000-0000-000000000000" },
  ];
  for (const change of wrong) {
    const token = key.sign({ ...claims, ...change });
    expect(await opensAccount(server.url, token), JSON.stringify(change)).toBe(false);
  }
});

test("claims that are no object", async ({ claims, key, server }) => {
  const text = JSON.stringify(claims);
  const payloads = [
    "",
    "null",
    "[]",
    "7",
    `[${text}]`,
    `"${"x".repeat(99)}"`,
    `${text}${text}`,
    text.slice(0, -1),
  ];
  const tokens = Object.fromEntries(payloads.map((payload) => [payload, key.sign(payload)]));
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("with an algorithm that is not the key's", async ({ claims, key, server }) => {
  const tokens: Record<string, string> = {};
  for (const alg of ["none", "HS256", "RS256", "ES256", "", null, undefined, "eddsa"]) {
    tokens[JSON.stringify(alg) ?? "undefined"] = key.sign(claims, { alg });
  }
  expect(await acceptedOf(server.url, tokens)).toEqual([]);
});

test("a session's tokens end with it, whoever ends it", async ({ newcomer, server, visitor }) => {
  const ada = await visitor.signUp();
  const elsewhere = newcomer();
  const { token } = await elsewhere.signIn(ada);
  expect(await isAccepted(server.url, token)).toBe(true);
  await elsewhere.client.signOut();
  expect(await isAccepted(server.url, token)).toBe(false);

  const revoked = (await elsewhere.signIn(ada)).token;
  await visitor.client.revokeOtherSessions();
  expect(await isAccepted(server.url, revoked)).toBe(false);

  const deleted = String(ada.token);
  expect(await isAccepted(server.url, deleted)).toBe(true);
  await visitor.client.deleteUser({ password: ada.password });
  expect(await isAccepted(server.url, deleted)).toBe(false);
});

test("a token opens none of the account's own routes", async ({ server, visitor }) => {
  const { token } = await visitor.signUp();
  const headers = { authorization: `Bearer ${String(token)}` };
  const statuses: Record<string, number> = {};
  for (const path of ["token", "list-sessions"]) {
    statuses[path] = (await fetch(new URL(`/api/auth/${path}`, server.url), { headers })).status;
  }
  expect(statuses).toEqual({ token: 401, "list-sessions": 401 });
  const session = await fetch(new URL("/api/auth/get-session", server.url), { headers });
  expect(await session.json()).toBeNull();
});

test("a token that is no good is not made up for by a good cookie", async ({ server, visitor }) => {
  await visitor.signUp();
  const answer = await fetch(new URL("/fn/auth/get-account", server.url), {
    method: "POST",
    headers: {
      accept: "application/json",
      authorization: "Bearer no.good.token",
      cookie: visitor.jar.header(),
      origin: server.url,
    },
  });
  expect(answer.status).toBe(401);
});
