// The ways of the official client that lead through a mailbox: a forgotten password, a verified address, a
// changed one.

import { expect, test } from "../../clients/fixtures.ts";
import { OTHER_PASSWORD, PASSWORD, person } from "../../clients/visitor.ts";

const SENT = {
  data: {
    status: true,
    message: "If this email exists in our system, check your email for the reset link",
  },
  error: null,
};
const INVALID_TOKEN = { status: 400, code: "INVALID_TOKEN", message: "Invalid token" };

test.describe("a forgotten password", () => {
  test("the mail's token sets a new one, and every session ends", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    const { email } = await visitor.signUp();
    const forgetful = newcomer();
    const asked = await forgetful.client.requestPasswordReset({
      email,
      redirectTo: "/reset-password",
    });
    expect(asked).toEqual(SENT);
    const token = await mailbox.resetToken(email);
    const reset = await forgetful.client.resetPassword({ newPassword: OTHER_PASSWORD, token });
    expect(reset).toEqual({ data: { status: true }, error: null });

    expect(await visitor.session()).toBeNull();
    const old = await forgetful.client.signIn.email({ email, password: PASSWORD });
    expect(old.error).toMatchObject({ status: 401, code: "INVALID_EMAIL_OR_PASSWORD" });
    await forgetful.signIn({ email, password: OTHER_PASSWORD });
  });

  test("a token is good for one reset", async ({ mailbox, newcomer, visitor }) => {
    const { email } = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email });
    const token = await mailbox.resetToken(email);
    await newcomer().client.resetPassword({ newPassword: OTHER_PASSWORD, token });
    const { data, error } = await newcomer().client.resetPassword({ newPassword: PASSWORD, token });
    expect(data).toBeNull();
    expect(error).toMatchObject(INVALID_TOKEN);
    await newcomer().signIn({ email, password: OTHER_PASSWORD });
  });

  test("a password that is refused leaves the token usable", async ({ mailbox, visitor }) => {
    const { email } = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email });
    const token = await mailbox.resetToken(email);
    for (const [newPassword, code] of [
      ["v1olet!", "PASSWORD_TOO_SHORT"],
      ["v1".repeat(64) + "!", "PASSWORD_TOO_LONG"],
      ["password1", "PASSWORD_COMPROMISED"],
    ] as const) {
      const { error } = await visitor.client.resetPassword({ newPassword, token });
      expect(error).toMatchObject({ status: 400, code });
    }
    const { error } = await visitor.client.resetPassword({ newPassword: OTHER_PASSWORD, token });
    expect(error).toBeNull();
  });

  test("no token and a made-up one are refused", async ({ visitor }) => {
    const made = await visitor.client.resetPassword({
      newPassword: OTHER_PASSWORD,
      token: "A".repeat(43),
    });
    expect(made.error).toMatchObject(INVALID_TOKEN);
    const none = await visitor.client.resetPassword({ newPassword: OTHER_PASSWORD });
    expect(none.error).toMatchObject(INVALID_TOKEN);
  });

  test("the answer does not say whether there is an account", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    const { email } = await visitor.signUp();
    const unknown = person().email;
    expect(await newcomer().client.requestPasswordReset({ email: unknown })).toEqual(SENT);
    expect(await newcomer().client.requestPasswordReset({ email: email.toUpperCase() })).toEqual(
      SENT,
    );
    await mailbox.resetToken(email);
    expect(await mailbox.texts(unknown)).toEqual([]);
  });

  test("a malformed address and a foreign way back are refused", async ({ visitor }) => {
    const { email } = await visitor.signUp();
    const malformed = await visitor.client.requestPasswordReset({ email: "ada" });
    expect(malformed.error).toMatchObject({ status: 400, code: "VALIDATION_ERROR" });
    const foreign = await visitor.client.requestPasswordReset({
      email,
      redirectTo: "https://evil.example",
    });
    expect(foreign.error).toMatchObject({ status: 403, code: "INVALID_REDIRECT_URL" });
  });

  test("the link leads to the page that was named, with the token or the error", async ({
    mailbox,
    visitor,
  }) => {
    const { email } = await visitor.signUp();
    await visitor.client.requestPasswordReset({ email, redirectTo: "/reset-password?from=mail" });
    const token = await mailbox.resetToken(email);
    const follow = async (of: string, to: string) => {
      const link = new URL(`/api/auth/reset-password/${of}`, visitor.url);
      link.searchParams.set("callbackURL", to);
      const { status, headers } = await fetch(link, { redirect: "manual" });
      return {
        status,
        to: headers.get("location") && new URL(headers.get("location") ?? "", link).href,
      };
    };
    expect(await follow(token, "/reset-password?from=mail")).toEqual({
      status: 302,
      to: `${visitor.url}/reset-password?from=mail&token=${token}`,
    });
    expect(await follow("nonesuch", "/reset-password")).toEqual({
      status: 302,
      to: `${visitor.url}/reset-password?error=INVALID_TOKEN`,
    });
    expect(await follow(token, "https://evil.example")).toEqual({ status: 403, to: null });
    // Looking does not use it up.
    const { error } = await visitor.client.resetPassword({ newPassword: OTHER_PASSWORD, token });
    expect(error).toBeNull();
  });
});

test.describe("an address that is to be verified", () => {
  test("the mail's token verifies it, once", async ({ mailbox, newcomer, visitor }) => {
    const { email } = await visitor.signUp();
    const before = await mailbox.verificationLinks(email);
    const sent = await visitor.client.sendVerificationEmail({ email });
    expect(sent).toEqual({ data: { status: true }, error: null });
    const token = await mailbox.verificationToken(email, before + 1);
    const verified = await newcomer().client.verifyEmail({ query: { token } });
    expect(verified).toMatchObject({ data: { status: true }, error: null });
    expect((await visitor.client.getSession()).data?.user.emailVerified).toBe(true);

    const again = await newcomer().client.verifyEmail({ query: { token } });
    expect(again.error).toMatchObject({
      status: 401,
      code: "INVALID_TOKEN",
      message: "Invalid token",
    });
    const needless = await visitor.client.sendVerificationEmail({ email });
    expect(needless.error).toMatchObject({ status: 400, code: "EMAIL_ALREADY_VERIFIED" });
  });

  test("only one's own can be asked for while signed in", async ({ visitor }) => {
    await visitor.signUp();
    const { error } = await visitor.client.sendVerificationEmail({ email: person().email });
    expect(error).toMatchObject({ status: 400, code: "EMAIL_MISMATCH" });
  });

  test("signed out, the answer does not say whether there is an account", async ({ visitor }) => {
    const answer = await visitor.client.sendVerificationEmail({ email: person().email });
    expect(answer).toEqual({ data: { status: true }, error: null });
    const malformed = await visitor.client.sendVerificationEmail({ email: "ada" });
    expect(malformed.error).toMatchObject({ status: 400, code: "VALIDATION_ERROR" });
  });

  test("a made-up token verifies nothing", async ({ visitor }) => {
    const { error } = await visitor.client.verifyEmail({ query: { token: "A".repeat(43) } });
    expect(error).toMatchObject({ status: 401, code: "INVALID_TOKEN" });
    const link = new URL(
      "/api/auth/verify-email?token=nonesuch&callbackURL=%2Fsettings",
      visitor.url,
    );
    const { status, headers } = await fetch(link, { redirect: "manual" });
    expect(status).toBe(302);
    expect(new URL(headers.get("location") ?? "", link).href).toBe(
      `${visitor.url}/settings?error=INVALID_TOKEN`,
    );
  });
});

test.describe("a new address", () => {
  test("the old one counts until the new one is verified", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    const { email, password } = await visitor.signUp();
    const next = person().email;
    const asked = await visitor.client.changeEmail({ newEmail: next.toUpperCase() });
    expect(asked).toEqual({ data: { status: true }, error: null });
    expect((await visitor.client.getSession()).data?.user.email).toBe(email);

    const token = await mailbox.verificationToken(next);
    const verified = await visitor.client.verifyEmail({ query: { token } });
    expect(verified).toMatchObject({ data: { status: true }, error: null });
    const user = (await visitor.client.getSession()).data?.user;
    expect(user).toMatchObject({ email: next, emailVerified: true });
    await newcomer().signIn({ email: next, password });
    const old = await newcomer().client.signIn.email({ email, password });
    expect(old.error).toMatchObject({ status: 401, code: "INVALID_EMAIL_OR_PASSWORD" });
  });

  test("a taken address is answered like a free one, and nothing is sent to verify it", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    await visitor.signUp();
    const { email: taken } = await newcomer().signUp();
    // The one of their own sign-up, which comes when it comes.
    await mailbox.verificationToken(taken);
    const before = await mailbox.verificationLinks(taken);
    const asked = await visitor.client.changeEmail({ newEmail: taken });
    expect(asked).toEqual({ data: { status: true }, error: null });
    const free = person().email;
    await visitor.client.changeEmail({ newEmail: free });
    await mailbox.verificationToken(free);
    expect(await mailbox.verificationLinks(taken)).toBe(before);
  });

  test("the same and a malformed one are refused", async ({ newcomer, visitor }) => {
    const { email } = await visitor.signUp();
    const same = await visitor.client.changeEmail({ newEmail: email.toUpperCase() });
    expect(same.error).toMatchObject({ status: 400, message: "Email is the same" });
    const malformed = await visitor.client.changeEmail({ newEmail: "ada" });
    expect(malformed.error).toMatchObject({ status: 400, code: "VALIDATION_ERROR" });
    const { error } = await newcomer().client.changeEmail({ newEmail: person().email });
    expect(error).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
  });
});

test.describe("where addresses must be verified", () => {
  test.use({ settings: { REQUIRE_EMAIL_VERIFICATION: "true" } });

  test("nobody gets in before, and nobody learns who has an account", async ({
    mailbox,
    newcomer,
    visitor,
  }) => {
    const ada = person();
    const first = await visitor.client.signUp.email(ada);
    const second = await newcomer().client.signUp.email({ ...ada, password: OTHER_PASSWORD });
    for (const { data, error } of [first, second]) {
      expect(error).toBeNull();
      expect(data).toMatchObject({
        token: null,
        user: { name: ada.name, email: ada.email, emailVerified: false, image: null },
      });
    }
    expect(Object.keys(second.data?.user ?? {}).sort()).toEqual(
      Object.keys(first.data?.user ?? {}).sort(),
    );
    expect(visitor.jar.header()).toBe("");

    const early = await visitor.client.signIn.email(ada);
    expect(early.error).toMatchObject({
      status: 403,
      code: "EMAIL_NOT_VERIFIED",
      message: "Email not verified",
    });
    const wrong = await visitor.client.signIn.email({ ...ada, password: OTHER_PASSWORD });
    expect(wrong.error).toMatchObject({ status: 401, code: "INVALID_EMAIL_OR_PASSWORD" });

    const token = await mailbox.verificationToken(ada.email);
    await visitor.client.verifyEmail({ query: { token } });
    await visitor.signIn(ada);
    expect(await visitor.session()).not.toBeNull();
  });
});
