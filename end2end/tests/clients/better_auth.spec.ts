// Tokens of a real Better Auth server open our API, where the operator has named it.

import { decodeProtectedHeader } from "jose";

import { acceptedOf, isAccepted } from "../../clients/bearer.ts";
import { type Algorithm, BetterAuthServer, type IssuerOptions } from "../../clients/better_auth.ts";
import { expect, test as base } from "../../clients/fixtures.ts";

interface Fixtures {
  /** How the other server is set up. */
  issuerOptions: IssuerOptions;
  /** The server that ours is told to trust. */
  issuer: BetterAuthServer;
}

const test = base.extend<Fixtures>({
  issuerOptions: [{}, { option: true }],
  issuer: async ({ issuerOptions }, use) => {
    const issuer = await BetterAuthServer.start(issuerOptions);
    await use(issuer);
    await issuer.stop();
  },
  settings: async ({ issuer }, use) => use(issuer.settings),
});

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

for (const algorithm of ["EdDSA", "ES256", "RS256"] satisfies Algorithm[]) {
  test.describe(`signed with ${algorithm}`, () => {
    test.use({ issuerOptions: { algorithm } });

    test("its tokens are accepted, and others that look alike are not", async ({
      issuer,
      server,
    }) => {
      const stranger = await BetterAuthServer.start({
        algorithm,
        issuer: issuer.url,
        audience: issuer.url,
      });
      try {
        const token = await (await issuer.member()).token();
        expect(decodeProtectedHeader(token).alg).toBe(algorithm);
        const foreign = await (await stranger.member()).token();
        const [head, , signature] = token.split(".");
        const mixed = [head, foreign.split(".")[1], signature].join(".");
        expect(await acceptedOf(server.url, { token, foreign, mixed })).toEqual(["token"]);
      } finally {
        await stranger.stop();
      }
    });

    test("another key of it is known at once, and the one before goes on", async ({
      issuer,
      server,
    }) => {
      const member = await issuer.member();
      const before = await member.token();
      expect(await isAccepted(server.url, before)).toBe(true);
      issuer.rotate();
      const after = await member.token();
      expect(kidOf(after)).not.toBe(kidOf(before));
      const another = await (await issuer.member()).token();
      expect(await acceptedOf(server.url, { after, another, before })).toEqual([
        "after",
        "another",
        "before",
      ]);
    });
  });
}

test("while it cannot be reached, the keys that are known go on", async ({ issuer, server }) => {
  const [ada, grace] = [await issuer.member(), await issuer.member()];
  const [first, second] = [await ada.token(), await grace.token()];
  expect(await isAccepted(server.url, first)).toBe(true);
  issuer.rotate();
  const unknown = await ada.token();
  await issuer.stop();
  expect(await acceptedOf(server.url, { first, second, unknown })).toEqual(["first", "second"]);
  // The vain attempt has not lost them either.
  expect(await isAccepted(server.url, second)).toBe(true);
});

test("its users are kept apart from ours, and become known by their first token", async ({
  issuer,
  server,
}) => {
  const member = await issuer.member("Grace Hopper");
  const tokens = await Promise.all(Array.from({ length: 8 }, () => member.token()));
  const accepted = await Promise.all(tokens.map((token) => isAccepted(server.url, token)));
  expect(accepted).not.toContain(false);
  const rows = await server.database.query("SELECT issuer, subject, name, email FROM app_user");
  expect(rows).toBe(`${issuer.url}|${member.id}|Grace Hopper|`);
});

test("a server that is told of another issuer still accepts its own tokens", async ({
  server,
  visitor,
}) => {
  const { token } = await visitor.signUp();
  expect(await isAccepted(server.url, String(token))).toBe(true);
});

test.describe("with the id of a user of ours for a subject", () => {
  const subject = "4f9c1f0e-6d55-4f0a-9a51-2d3a0c1b7e42";
  test.use({ issuerOptions: { subject } });

  test("a token opens no account of ours", async ({ issuer, server }) => {
    await server.database.query(
      `INSERT INTO app_user (id, email, name, created_at, updated_at)
       VALUES ('${subject}', 'ada@example.org', 'Ada Lovelace', now(), now())`,
    );
    const token = await (await issuer.member()).token();
    expect(await isAccepted(server.url, token)).toBe(true);
    const holders = await server.database.query(
      `SELECT count(*) FROM app_user WHERE subject = '${subject}' AND id <> '${subject}'`,
    );
    expect(holders).toBe("1");
  });
});

for (const [what, issuerOptions] of [
  ["in another issuer's name", { issuer: "https://elsewhere.example" }],
  ["for another audience", { audience: "https://elsewhere.example" }],
  ["for an address that only begins like it", { audience: "http://127.0.0.1:1" }],
] satisfies [string, IssuerOptions][]) {
  test.describe(`a token ${what}`, () => {
    test.use({ issuerOptions });

    test("is refused, though the key is right", async ({ issuer, server }) => {
      const token = await (await issuer.member()).token();
      expect(await isAccepted(server.url, token)).toBe(false);
    });
  });
}

base.describe("without JWKS_URL", () => {
  base("nobody else's tokens are accepted", async ({ server }) => {
    const issuer = await BetterAuthServer.start();
    try {
      const token = await (await issuer.member()).token();
      expect(await isAccepted(server.url, token)).toBe(false);
    } finally {
      await issuer.stop();
    }
  });
});
