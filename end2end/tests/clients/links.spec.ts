// Where the links in the mails lead, whoever opens them.

import { expect, test } from "../../clients/fixtures.ts";
import type { Mailbox } from "../../harness/mailbox.ts";
import { type Answer, send, sendJson, whereTo } from "../../clients/raw.ts";
import { OTHER_PASSWORD, PASSWORD, person, type Visitor } from "../../clients/visitor.ts";

const codeOf = ({ json, status }: Answer) => [status, json?.["code"]];
const cookieOf = ({ headers }: Answer) => headers.getSetCookie();

async function tokenToVerify(visitor: Visitor, mailbox: Mailbox, email: string): Promise<string> {
  const before = await mailbox.verificationLinks(email);
  await visitor.client.sendVerificationEmail({ email });
  return mailbox.verificationToken(email, before + 1);
}

async function tokenToChange(visitor: Visitor, mailbox: Mailbox) {
  const newEmail = person().email;
  const { error } = await visitor.client.changeEmail({ newEmail });
  expect(error).toBeNull();
  return { newEmail, token: await mailbox.verificationToken(newEmail) };
}

test.describe("to verify an address", () => {
  test("it answers in JSON, and signs nobody in", async ({ mailbox, newcomer, visitor }) => {
    const { email } = await visitor.signUp();
    const token = await tokenToVerify(visitor, mailbox, email);
    const answer = await send(newcomer(), `/verify-email?token=${token}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ status: true, user: null });
    expect(cookieOf(answer)).toEqual([]);
  });

  test("it leads on to where it was asked to, as it was written", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    const { email } = await visitor.signUp();
    for (const to of ["/settings", "/settings?tab=mail#top", `${visitor.url}/settings`]) {
      const other = newcomer();
      const { email } = await other.signUp();
      const token = await tokenToVerify(other, mailbox, email);
      const answer = await send(
        newcomer(),
        `/verify-email?token=${token}&callbackURL=${encodeURIComponent(to)}`,
      );
      expect(whereTo(answer)).toBe(new URL(to, visitor.url).href);
      expect(cookieOf(answer)).toEqual([]);
    }
    expect((await visitor.client.getSession()).data?.user).toMatchObject({
      email,
      emailVerified: false,
    });
  });

  test("the mail's own link leads to where the request said", async ({ mailbox, visitor }) => {
    const { email } = await visitor.signUp();
    await visitor.client.sendVerificationEmail({ email, callbackURL: "/settings?tab=mail" });
    const link = await mailbox.link(email, /settings/);
    expect(link.origin).toBe(visitor.url);
    expect(link.searchParams.get("callbackURL")).toBe("/settings?tab=mail");
  });

  test("what is wrong with it is said where it leads to", async ({ visitor }) => {
    const follow = async (to: string) =>
      whereTo(
        await send(visitor, `/verify-email?token=nonesuch&callbackURL=${encodeURIComponent(to)}`),
      );
    expect(await follow("/settings")).toBe(`${visitor.url}/settings?error=INVALID_TOKEN`);
    expect(await follow("/settings?tab=mail")).toBe(
      `${visitor.url}/settings?tab=mail&error=INVALID_TOKEN`,
    );
    expect(await follow("/settings#top")).toBe(`${visitor.url}/settings?error=INVALID_TOKEN#top`);
  });

  test("it leads to no other site, whether it is good or not", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    const { email } = await visitor.signUp();
    const token = await tokenToVerify(visitor, mailbox, email);
    for (const of of [token, "nonesuch"]) {
      for (const to of [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
      ]) {
        const route = `/verify-email?token=${of}&callbackURL=${encodeURIComponent(to)}`;
        const answer = await send(newcomer(), route);
        expect(codeOf(answer), to).toEqual([403, "INVALID_CALLBACK_URL"]);
        expect(answer.headers.get("location")).toBeNull();
      }
    }
    expect((await send(newcomer(), `/verify-email?token=${token}`)).status).toBe(200);
  });

  test("without a token there is nothing to verify", async ({ newcomer }) => {
    expect(codeOf(await send(newcomer(), "/verify-email"))).toEqual([400, "VALIDATION_ERROR"]);
    expect(codeOf(await send(newcomer(), "/verify-email?token="))).toEqual([401, "INVALID_TOKEN"]);
    const long = "x".repeat(4_000);
    expect(codeOf(await send(newcomer(), `/verify-email?token=${long}`))).toEqual([
      401,
      "INVALID_TOKEN",
    ]);
  });
});

test.describe("to change an address", () => {
  test("it answers with the user", async ({ mailbox, visitor }) => {
    const { user } = await visitor.signUp();
    const { newEmail, token } = await tokenToChange(visitor, mailbox);
    const { json, status } = await send(visitor, `/verify-email?token=${token}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: true,
      user: { id: user.id, email: newEmail, emailVerified: true },
    });
  });

  test("whoever opens it without a session is not signed in by it", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    await visitor.signUp();
    const { newEmail, token } = await tokenToChange(visitor, mailbox);
    const stranger = newcomer();
    const answer = await send(stranger, `/verify-email?token=${token}`);
    expect(answer.status).toBe(200);
    expect(cookieOf(answer)).toEqual([]);
    expect(await stranger.session()).toBeNull();
    expect((await visitor.client.getSession()).data?.user.email).toBe(newEmail);
  });

  test("another user who is signed in cannot use it, nor use it up", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    await visitor.signUp();
    const other = newcomer();
    await other.signUp();
    const { newEmail, token } = await tokenToChange(visitor, mailbox);
    expect(codeOf(await send(other, `/verify-email?token=${token}`))).toEqual([
      401,
      "INVALID_USER",
    ]);
    const followed = await send(other, `/verify-email?token=${token}&callbackURL=/settings`);
    expect(whereTo(followed)).toBe(`${visitor.url}/settings?error=INVALID_USER`);
    await send(visitor, `/verify-email?token=${token}`);
    expect((await visitor.client.getSession()).data?.user.email).toBe(newEmail);
  });

  test("two who want the same address don't both get it", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    const other = newcomer();
    await visitor.signUp();
    await other.signUp();
    const newEmail = person().email;
    await visitor.client.changeEmail({ newEmail });
    const first = await mailbox.verificationToken(newEmail);
    await other.client.changeEmail({ newEmail });
    const second = await mailbox.verificationToken(newEmail, 2);
    expect((await send(visitor, `/verify-email?token=${first}`)).status).toBe(200);
    const late = await send(other, `/verify-email?token=${second}`);
    expect(late.status).toBeGreaterThanOrEqual(400);
    expect(late.status).toBeLessThan(500);
    expect((await visitor.client.getSession()).data?.user.email).toBe(newEmail);
    expect((await other.client.getSession()).data?.user.email).not.toBe(newEmail);
  });

  test("after another change of mind the link before is worth nothing", async ({
    mailbox,
    visitor,
  }) => {
    await visitor.signUp();
    const first = await tokenToChange(visitor, mailbox);
    const { newEmail, token } = await tokenToChange(visitor, mailbox);
    expect((await send(visitor, `/verify-email?token=${token}`)).status).toBe(200);
    expect((await send(visitor, `/verify-email?token=${first.token}`)).status).toBe(401);
    expect((await visitor.client.getSession()).data?.user.email).toBe(newEmail);
  });
});

test.describe("to reset a password", () => {
  test("it wants to know where to lead, and leads to our page by itself", async ({
    mailbox,
    visitor,
  }) => {
    const { email } = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email });
    const token = await mailbox.resetToken(email);
    const none = await send(visitor, `/reset-password/${token}`);
    expect(codeOf(none)).toEqual([400, "VALIDATION_ERROR"]);
    const empty = await send(visitor, `/reset-password/${token}?callbackURL=`);
    expect(whereTo(empty)).toBe(`${visitor.url}/reset-password?token=${token}`);
  });

  test("it leads on to any place of ours, whatever else that says", async ({
    mailbox,
    visitor,
  }) => {
    const { email } = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email });
    const token = await mailbox.resetToken(email);
    for (const [to, where] of [
      ["/new#form", `/new?token=${token}#form`],
      ["/new?x=1#form", `/new?x=1&token=${token}#form`],
      [`${visitor.url}/new#form`, `/new?token=${token}#form`],
    ] as const) {
      const route = `/reset-password/${token}?callbackURL=${encodeURIComponent(to)}`;
      expect.soft(whereTo(await send(visitor, route)), to).toBe(`${visitor.url}${where}`);
    }
  });

  test("it leads on also where a proxy calls us by another name", async ({ mailbox, visitor }) => {
    const { email } = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email });
    const token = await mailbox.resetToken(email);
    const link = new URL(`/api/auth/reset-password/${token}?callbackURL=/new`, visitor.url);
    link.hostname = "127.0.0.1";
    const { headers } = await fetch(link, { redirect: "manual" });
    const page = new URL(headers.get("location") ?? "", visitor.url);
    expect(page.href).toBe(`${visitor.url}/new?token=${token}`);
  });

  test("the mail's link, opened, brings the token to the page that was named", async ({
    mailbox,
    visitor,
  }) => {
    const { email } = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email, redirectTo: "/new-password?from=mail" });
    const link = await mailbox.link(email, /reset-password|new-password/);
    expect(link.origin).toBe(visitor.url);
    const { headers } = await fetch(link, { redirect: "manual" });
    const page = new URL(headers.get("location") ?? link, link);
    expect(page.pathname).toBe("/new-password");
    expect(page.searchParams.get("from")).toBe("mail");
    const token = page.searchParams.get("token") ?? "";
    const { error } = await visitor.client.resetPassword({ newPassword: OTHER_PASSWORD, token });
    expect(error).toBeNull();
  });

  test("the token may stand in the address, and the body's counts if there are two", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    const { email } = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email });
    const token = await mailbox.resetToken(email);
    const body = { newPassword: OTHER_PASSWORD };
    const both = await sendJson(visitor, `/reset-password?token=${token}`, {
      ...body,
      token: "made up",
    });
    expect(codeOf(both)).toEqual([400, "INVALID_TOKEN"]);
    expect((await sendJson(visitor, `/reset-password?token=${token}`, body)).status).toBe(200);
    await newcomer().signIn({ email, password: OTHER_PASSWORD });
  });

  test("of several, one is used and then none is left", async ({ mailbox, newcomer, visitor }) => {
    const { email } = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email });
    const first = await mailbox.resetToken(email);
    await visitor.client.requestPasswordReset({ email });
    const second = await mailbox.resetToken(email, 2);
    expect(second).not.toBe(first);
    const reset = (token: string, newPassword: string) =>
      newcomer().client.resetPassword({ newPassword, token });
    expect((await reset(first, OTHER_PASSWORD)).error).toBeNull();
    expect((await reset(second, PASSWORD)).error).toMatchObject({
      status: 400,
      code: "INVALID_TOKEN",
    });
  });

  test("used by many at once, one of them succeeds", async ({ mailbox, newcomer, visitor }) => {
    const { email } = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email });
    const token = await mailbox.resetToken(email);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        newcomer().client.resetPassword({ newPassword: OTHER_PASSWORD, token }),
      ),
    );
    const codes = answers.map(({ error }) => error?.code ?? "done").sort();
    expect(codes).toEqual([...Array<string>(4).fill("INVALID_TOKEN"), "done"]);
  });

  test("a link to do one thing does no other", async ({ mailbox, visitor }) => {
    const { email } = await visitor.signUp();
    const verify = await tokenToVerify(visitor, mailbox, email);
    const { token: change } = await tokenToChange(visitor, mailbox);
    await visitor.client.requestPasswordReset({ email });
    const reset = await mailbox.resetToken(email);
    for (const token of [verify, change]) {
      const { error } = await visitor.client.resetPassword({ newPassword: OTHER_PASSWORD, token });
      expect(error).toMatchObject({ status: 400, code: "INVALID_TOKEN" });
    }
    expect(codeOf(await send(visitor, `/verify-email?token=${reset}`))).toEqual([
      401,
      "INVALID_TOKEN",
    ]);
    expect((await visitor.client.getSession()).data?.user).toMatchObject({
      email,
      emailVerified: false,
    });
  });
});
