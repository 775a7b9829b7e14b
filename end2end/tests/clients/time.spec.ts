// What time does to sessions and links. The tests move the rows' times, as nobody can wait for a week.

import { expect, test } from "../../clients/fixtures.ts";
import { send, sendJson, whereTo } from "../../clients/raw.ts";
import { OTHER_PASSWORD, PASSWORD, person, type Visitor } from "../../clients/visitor.ts";
import type { Server } from "../../harness/server.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Lets the visitor's session be older by `interval`. */
async function age(server: Server, visitor: Visitor, interval: string): Promise<void> {
  const id = await visitor.session();
  await server.database.query(
    `UPDATE session SET created_at = created_at - interval '${interval}',
     updated_at = updated_at - interval '${interval}', expires_at = expires_at - interval '${interval}'
     WHERE id = '${id}'`,
  );
}

/** Lets every link that was mailed to `email` be older by an hour. */
async function ageLinks(server: Server, email: string): Promise<void> {
  const rows = await server.database.query(
    `UPDATE one_time_token SET created_at = created_at - interval '61 minutes',
     expires_at = expires_at - interval '61 minutes' WHERE email = '${email}' RETURNING 1`,
  );
  expect(rows).not.toBe("");
}

async function sessionOf(visitor: Visitor) {
  const { data } = await visitor.client.getSession();
  if (!data) {
    throw new Error("there is no session");
  }
  return data.session;
}

const aWeekFromNow = (date: Date) => Math.abs(date.getTime() - Date.now() - 7 * DAY) < 60_000;

test.describe("a session", () => {
  test("of a day is extended by use to another week, under the same secret", async ({
    server,
    visitor,
  }) => {
    await visitor.signUp();
    const secret = visitor.jar.header();
    await age(server, visitor, "25 hours");
    const { headers } = await send(visitor, "/get-session");
    expect(headers.getSetCookie().join()).toMatch(/max-age=604800/i);
    expect(visitor.jar.header()).toBe(secret);
    const after = await sessionOf(visitor);
    expect(aWeekFromNow(after.expiresAt)).toBe(true);
    expect(Date.now() - after.updatedAt.getTime()).toBeLessThan(60_000);
    expect(Date.now() - after.createdAt.getTime()).toBeGreaterThan(DAY);
  });

  test("is extended by any use", async ({ server, visitor }) => {
    await visitor.signUp();
    await age(server, visitor, "25 hours");
    const { headers } = await send(visitor, "/token");
    expect(headers.getSetCookie().join()).toMatch(/max-age=604800/i);
    expect(aWeekFromNow((await sessionOf(visitor)).expiresAt)).toBe(true);
  });

  test("of less than a day is left as it is", async ({ server, visitor }) => {
    await visitor.signUp();
    await age(server, visitor, "23 hours");
    const { headers } = await send(visitor, "/get-session");
    expect(headers.getSetCookie()).toEqual([]);
    expect(aWeekFromNow((await sessionOf(visitor)).expiresAt)).toBe(false);
  });

  test("is not extended by who asks for that", async ({ server, visitor }) => {
    await visitor.signUp();
    await age(server, visitor, "25 hours");
    const { headers, json } = await send(visitor, "/get-session?disableRefresh=true");
    expect(json).not.toBeNull();
    expect(headers.getSetCookie()).toEqual([]);
  });

  test("that is not to be remembered ends after a day, used or not", async ({
    server,
    visitor,
  }) => {
    const { email, password } = await visitor.signUp();
    await visitor.client.signIn.email({ email, password, rememberMe: false });
    const { expiresAt } = await sessionOf(visitor);
    await age(server, visitor, "23 hours");
    const { headers } = await send(visitor, "/get-session");
    expect(headers.getSetCookie()).toEqual([]);
    expect((await sessionOf(visitor)).expiresAt.getTime()).toBe(
      expiresAt.getTime() - 23 * 60 * 60 * 1000,
    );
    await age(server, visitor, "2 hours");
    expect(await visitor.session()).toBeNull();
  });

  test("of more than a week is over, and its cookie taken away", async ({ server, visitor }) => {
    const ada = await visitor.signUp();
    const double = visitor.double();
    await age(server, visitor, "8 days");
    const { headers, text } = await send(visitor, "/get-session");
    expect(text).toBe("null");
    expect(headers.get("set-auth-jwt")).toBeNull();
    expect(headers.getSetCookie().join()).toMatch(/max-age=0/i);
    expect((await double.client.token()).error).toMatchObject({
      status: 401,
      code: "UNAUTHORIZED",
    });
    await double.signIn(ada);
    expect((await double.client.listSessions()).data).toHaveLength(1);
  });
});

test.describe("a session of more than a day", () => {
  test("needs the password to change the address", async ({ mailbox, server, visitor }) => {
    const { email } = await visitor.signUp();
    await age(server, visitor, "25 hours");
    const newEmail = person().email;
    const change = async (password?: string) => {
      const { json, status } = await sendJson(visitor, "/change-email", { newEmail, password });
      return [status, json?.["code"]];
    };
    expect(await change()).toEqual([403, "SESSION_NOT_FRESH"]);
    expect(await change(OTHER_PASSWORD)).toEqual([400, "INVALID_PASSWORD"]);
    expect(await mailbox.texts(newEmail)).toEqual([]);
    expect(await change(PASSWORD)).toEqual([200, undefined]);
    const token = await mailbox.verificationToken(newEmail);
    await visitor.client.verifyEmail({ query: { token } });
    expect((await visitor.client.getSession()).data?.user.email).toBe(newEmail);
    expect(newEmail).not.toBe(email);
  });

  test("needs the password to delete the account", async ({ newcomer, server, visitor }) => {
    const ada = await visitor.signUp();
    await age(server, visitor, "25 hours");
    for (const body of [{}, { password: "" }]) {
      const { json, status } = await sendJson(visitor, "/delete-user", body);
      expect([status, json?.["code"]]).toEqual([400, "SESSION_EXPIRED"]);
    }
    await newcomer().signIn(ada);
    const { data } = await visitor.client.deleteUser({ password: ada.password });
    expect(data).toMatchObject({ success: true });
  });

  test("may change the password by saying it, and look at the sessions and end them", async ({
    newcomer,
    server,
    visitor,
  }) => {
    const ada = await visitor.signUp();
    await age(server, visitor, "25 hours");
    await newcomer().signIn(ada);
    expect((await visitor.client.listSessions()).data).toHaveLength(2);
    expect((await visitor.client.revokeOtherSessions()).error).toBeNull();
    expect((await visitor.client.updateUser({ name: "Countess" })).error).toBeNull();
    const { error } = await visitor.client.changePassword({
      currentPassword: PASSWORD,
      newPassword: OTHER_PASSWORD,
    });
    expect(error).toBeNull();
  });
});

test("a session of less than a day deletes the account without the password", async ({
  visitor,
}) => {
  const ada = await visitor.signUp();
  expect(await visitor.client.deleteUser()).toMatchObject({ data: { success: true }, error: null });
  expect((await visitor.client.signIn.email(ada)).error).toMatchObject({ status: 401 });
});

test("there is no deletion by a mailed link", async ({ visitor }) => {
  await visitor.signUp();
  const { error } = await visitor.client.deleteUser({ token: "made up" });
  expect(error).toMatchObject({ status: 404, code: "INVALID_TOKEN" });
  expect(await visitor.session()).not.toBeNull();
});

test.describe("a link of more than an hour", () => {
  test("resets no password", async ({ mailbox, newcomer, server, visitor }) => {
    const ada = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email: ada.email });
    const token = await mailbox.resetToken(ada.email);
    await ageLinks(server, ada.email);
    const followed = await send(visitor, `/reset-password/${token}?callbackURL=/reset-password`);
    expect(whereTo(followed)).toBe(`${visitor.url}/reset-password?error=INVALID_TOKEN`);
    const { error } = await visitor.client.resetPassword({ newPassword: OTHER_PASSWORD, token });
    expect(error).toMatchObject({ status: 400, code: "INVALID_TOKEN" });
    await newcomer().signIn(ada);
  });

  test("verifies no address", async ({ mailbox, server, visitor }) => {
    const { email } = await visitor.signUp();
    await visitor.client.sendVerificationEmail({ email });
    const token = await mailbox.verificationToken(email);
    await ageLinks(server, email);
    const { error } = await visitor.client.verifyEmail({ query: { token } });
    expect(error).toMatchObject({ status: 401, code: "TOKEN_EXPIRED", message: "Token expired" });
    const followed = await send(visitor, `/verify-email?token=${token}&callbackURL=/settings`);
    expect(whereTo(followed)).toBe(`${visitor.url}/settings?error=TOKEN_EXPIRED`);
    expect((await visitor.client.getSession()).data?.user.emailVerified).toBe(false);
  });

  test("changes no address", async ({ mailbox, server, visitor }) => {
    const { email } = await visitor.signUp();
    const newEmail = person().email;
    await visitor.client.changeEmail({ newEmail });
    const token = await mailbox.verificationToken(newEmail);
    await ageLinks(server, newEmail);
    const { error } = await visitor.client.verifyEmail({ query: { token } });
    expect(error).toMatchObject({ status: 401, code: "TOKEN_EXPIRED" });
    expect((await visitor.client.getSession()).data?.user.email).toBe(email);
  });
});
