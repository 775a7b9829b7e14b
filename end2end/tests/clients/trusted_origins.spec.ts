// A site of its own that the operator trusts: it may call us from browsers, and be gone on to.

import { expect, test } from "../../clients/fixtures.ts";
import { send, sendJson, whereTo } from "../../clients/raw.ts";
import { PASSWORD, person, Visitor } from "../../clients/visitor.ts";

const TRUSTED = "https://app.example";
const ALSO_TRUSTED = "http://localhost:5173";
const STRANGERS = [
  "https://evil.example",
  "http://app.example",
  "https://app.example:8443",
  "https://sub.app.example",
  "https://app.example.evil.example",
  "null",
];

test.use({ settings: { TRUSTED_ORIGINS: `${TRUSTED},${ALSO_TRUSTED}` } });

const exposed = (headers: Headers) =>
  (headers.get("access-control-expose-headers") ?? "").toLowerCase().split(/\s*,\s*/);

test("the official client works from there, with its cookie", async ({ newcomer }) => {
  for (const origin of [TRUSTED, ALSO_TRUSTED]) {
    const visitor = newcomer();
    visitor.origin = origin;
    await visitor.signUp();
    expect((await visitor.client.updateUser({ name: "Countess" })).error).toBeNull();
    expect((await visitor.client.getSession()).data?.user.name).toBe("Countess");
    expect((await visitor.client.signOut()).error).toBeNull();
  }
});

test("its pages may send and read everything, as browsers ask first", async ({ visitor }) => {
  for (const [route, method] of [
    ["/sign-in/email", "POST"],
    ["/get-session", "GET"],
    ["/delete-user", "POST"],
  ] as const) {
    const { headers, status } = await send(visitor, route, {
      method: "OPTIONS",
      headers: {
        origin: TRUSTED,
        "access-control-request-method": method,
        "access-control-request-headers": "content-type,authorization",
      },
    });
    expect([200, 204]).toContain(status);
    expect(headers.get("access-control-allow-origin")).toBe(TRUSTED);
    expect(headers.get("access-control-allow-credentials")).toBe("true");
    expect(headers.get("access-control-allow-methods")).toContain(method);
    expect(headers.get("access-control-allow-headers")?.toLowerCase()).toContain("content-type");
  }
});

test("its pages see the token and how long to wait", async ({ visitor }) => {
  await visitor.signUp();
  const origin = { origin: TRUSTED };
  for (const answer of [
    await send(visitor, "/get-session", { headers: origin }),
    await send(visitor, "/token", { headers: origin }),
    await send(new Visitor(visitor.url), "/token", { headers: origin }),
  ]) {
    expect(answer.headers.get("access-control-allow-origin")).toBe(TRUSTED);
    expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
    expect(answer.headers.get("vary")?.toLowerCase()).toContain("origin");
    expect(exposed(answer.headers)).toEqual(
      expect.arrayContaining(["set-auth-jwt", "x-retry-after", "retry-after"]),
    );
  }
});

test("the key set is readable from there and from everywhere", async ({ visitor }) => {
  for (const origin of [TRUSTED, ...STRANGERS]) {
    const { headers, status } = await send(visitor, "/jwks", { headers: { origin } });
    expect(status).toBe(200);
    expect(headers.get("access-control-allow-origin"), origin).toMatch(
      new RegExp(`^(\\*|${origin.replaceAll(".", "\\.")})$`),
    );
  }
});

test("nobody else's pages may read or change anything", async ({ visitor }) => {
  await visitor.signUp();
  for (const origin of STRANGERS) {
    const session = await send(visitor, "/get-session", { headers: { origin } });
    expect(session.headers.get("access-control-allow-origin"), origin).toBeNull();
    const change = await send(visitor, "/update-user", {
      body: JSON.stringify({ name: "Eve" }),
      headers: { origin, "content-type": "application/json" },
    });
    expect(change.status, origin).toBe(403);
    expect(change.json?.["code"], origin).toBe("INVALID_ORIGIN");
    const asked = await send(visitor, "/update-user", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect(asked.headers.get("access-control-allow-origin"), origin).toBeNull();
  }
});

test("signing in may go on to there", async ({ visitor }) => {
  const { email, password } = await visitor.signUp();
  const callbackURL = `${TRUSTED}/tasks?list=7`;
  const answer = await sendJson(visitor, "/sign-in/email", { email, password, callbackURL });
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ redirect: true, url: callbackURL });
  expect(answer.headers.get("location")).toBe(callbackURL);
  for (const stranger of STRANGERS) {
    const refused = await sendJson(visitor, "/sign-in/email", {
      email,
      password,
      callbackURL: stranger,
    });
    expect(refused.json?.["code"], stranger).toBe("INVALID_CALLBACK_URL");
  }
});

test("the link that verifies an address may lead there", async ({ mailbox, visitor }) => {
  const { email } = await visitor.signUp();
  const before = await mailbox.verificationLinks(email);
  await visitor.client.sendVerificationEmail({ email, callbackURL: `${TRUSTED}/verified?x=1#top` });
  const token = await mailbox.verificationToken(email, before + 1);
  const to = encodeURIComponent(`${TRUSTED}/verified?x=1#top`);
  const good = await send(visitor, `/verify-email?token=${token}&callbackURL=${to}`);
  expect(whereTo(good)).toBe(`${TRUSTED}/verified?x=1#top`);
  const used = await send(visitor, `/verify-email?token=${token}&callbackURL=${to}`);
  expect(whereTo(used)).toBe(`${TRUSTED}/verified?x=1&error=INVALID_TOKEN#top`);
});

test("the link that resets a password may lead there", async ({ mailbox, visitor }) => {
  const { email } = await visitor.signUp();
  const redirectTo = `${ALSO_TRUSTED}/new-password`;
  const { error } = await visitor.client.requestPasswordReset({ email, redirectTo });
  expect(error).toBeNull();
  const token = await mailbox.resetToken(email);
  const route = `/reset-password/${token}?callbackURL=${encodeURIComponent(redirectTo)}`;
  expect(whereTo(await send(visitor, route))).toBe(`${redirectTo}?token=${token}`);
  const made = `/reset-password/nonesuch?callbackURL=${encodeURIComponent(redirectTo)}`;
  expect(whereTo(await send(visitor, made))).toBe(`${redirectTo}?error=INVALID_TOKEN`);
});

test("the mail's own link leads there", async ({ mailbox, visitor }) => {
  const { email } = await visitor.signUp(person());
  await visitor.client.requestPasswordReset({ email, redirectTo: `${TRUSTED}/new-password` });
  const link = await mailbox.link(email, /reset-password|new-password/);
  const { headers } = await fetch(link, { redirect: "manual" });
  const page = new URL(headers.get("location") ?? link, link);
  expect(page.origin + page.pathname).toBe(`${TRUSTED}/new-password`);
  const token = page.searchParams.get("token") ?? "";
  expect((await visitor.client.resetPassword({ newPassword: PASSWORD, token })).error).toBeNull();
});
