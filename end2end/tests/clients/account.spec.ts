// What the official client can change about an account: the profile, the password, the account's existence.

import { expect, test } from "../../clients/fixtures.ts";
import { verify } from "../../clients/tokens.ts";
import { OTHER_PASSWORD, PASSWORD } from "../../clients/visitor.ts";

const UNAUTHORIZED = { status: 401, code: "UNAUTHORIZED", message: "Unauthorized" };

test.describe("the profile", () => {
  test("name and picture can be changed, and the picture removed", async ({ visitor }) => {
    const { user } = await visitor.signUp();
    const image = "https://example.org/ada.png";
    const answer = await visitor.client.updateUser({ name: "Countess of Lovelace", image });
    expect(answer).toEqual({ data: { status: true }, error: null });
    const changed = (await visitor.client.getSession()).data?.user;
    expect(changed).toEqual({
      ...user,
      name: "Countess of Lovelace",
      image,
      updatedAt: expect.any(Date),
    });
    expect(changed?.updatedAt.getTime()).toBeGreaterThan(user.updatedAt.getTime());

    await visitor.client.updateUser({ image: null });
    expect((await visitor.client.getSession()).data?.user).toMatchObject({
      name: "Countess of Lovelace",
      image: null,
    });
  });

  test("the token says the new name", async ({ server, visitor }) => {
    await visitor.signUp();
    await visitor.client.updateUser({ name: "Countess of Lovelace" });
    const { data } = await visitor.client.token();
    expect((await verify(data?.token, server.url)).payload["name"]).toBe("Countess of Lovelace");
  });

  const refused: [string, unknown, string | undefined][] = [
    ["nothing to change", {}, undefined],
    ["only fields that nobody knows", { colour: "violet" }, undefined],
    ["the address", { email: "eve@example.org" }, "EMAIL_CAN_NOT_BE_UPDATED"],
    ["whether the address is verified", { emailVerified: true }, undefined],
    ["a name that is no text", { name: 5 }, "VALIDATION_ERROR"],
    ["a list", [], "VALIDATION_ERROR"],
  ];
  for (const [what, body, code] of refused) {
    test(`${what} is refused`, async ({ visitor }) => {
      const { user } = await visitor.signUp();
      const { data, error } = await visitor.post("/update-user", body);
      expect(data).toBeNull();
      const wanted = { status: 400, message: expect.stringMatching(/./) };
      expect(error).toMatchObject(code ? { ...wanted, code } : wanted);
      expect((await visitor.client.getSession()).data?.user).toEqual(user);
    });
  }

  test("nobody has a profile without a session", async ({ visitor }) => {
    const { error } = await visitor.client.updateUser({ name: "Eve" });
    expect(error).toMatchObject(UNAUTHORIZED);
  });
});

test.describe("changing the password", () => {
  test("from then on the new one counts", async ({ newcomer, visitor }) => {
    const { email, user } = await visitor.signUp();
    const { data, error } = await visitor.client.changePassword({
      currentPassword: PASSWORD,
      newPassword: OTHER_PASSWORD,
    });
    expect(error).toBeNull();
    expect(data).toEqual({ token: null, user: { ...user, updatedAt: expect.any(Date) } });
    expect(await visitor.session()).not.toBeNull();
    const old = await newcomer().client.signIn.email({ email, password: PASSWORD });
    expect(old.error).toMatchObject({ status: 401, code: "INVALID_EMAIL_OR_PASSWORD" });
    await newcomer().signIn({ email, password: OTHER_PASSWORD });
  });

  test("it replaces the secret in the browser's cookie", async ({ visitor }) => {
    await visitor.signUp();
    const before = visitor.double();
    await visitor.client.changePassword({ currentPassword: PASSWORD, newPassword: OTHER_PASSWORD });
    expect(await before.session()).toBeNull();
    expect(await visitor.session()).not.toBeNull();
  });

  test("other sessions end if that is wanted, and only then", async ({
    newcomer,
    server,
    visitor,
  }) => {
    const ada = await visitor.signUp();
    const elsewhere = newcomer();
    await elsewhere.signIn(ada);
    await visitor.client.changePassword({ currentPassword: PASSWORD, newPassword: OTHER_PASSWORD });
    expect(await elsewhere.session()).not.toBeNull();

    const before = visitor.double();
    const { data } = await visitor.client.changePassword({
      currentPassword: OTHER_PASSWORD,
      newPassword: PASSWORD,
      revokeOtherSessions: true,
    });
    expect(await elsewhere.session()).toBeNull();
    expect(await before.session()).toBeNull();
    const mine = await visitor.session();
    expect(mine).not.toBeNull();
    expect((await visitor.client.listSessions()).data?.map(({ token }) => token)).toEqual([mine]);
    expect((await verify(data?.token, server.url)).payload.sub).toBe(ada.user.id);
  });

  const refused: [string, Record<string, unknown>, string][] = [
    ["a wrong current password", { currentPassword: "nobody's password" }, "INVALID_PASSWORD"],
    ["no current password", { currentPassword: undefined }, "VALIDATION_ERROR"],
    ["no new password", { newPassword: undefined }, "VALIDATION_ERROR"],
    ["a new password of seven characters", { newPassword: "v1olet!" }, "PASSWORD_TOO_SHORT"],
    [
      "a new password of 129 characters",
      { newPassword: "v1".repeat(64) + "!" },
      "PASSWORD_TOO_LONG",
    ],
    ["one of the most common passwords", { newPassword: "password1" }, "PASSWORD_COMPROMISED"],
  ];
  for (const [what, change, code] of refused) {
    test(`${what} is refused, and the old one goes on`, async ({ newcomer, visitor }) => {
      const ada = await visitor.signUp();
      const body = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD, ...change };
      const { data, error } = await visitor.post("/change-password", body);
      expect(data).toBeNull();
      expect(error).toMatchObject({ status: 400, code });
      await newcomer().signIn(ada);
    });
  }

  test("nobody can change one without a session", async ({ visitor }) => {
    const { error } = await visitor.client.changePassword({
      currentPassword: PASSWORD,
      newPassword: OTHER_PASSWORD,
    });
    expect(error).toMatchObject(UNAUTHORIZED);
  });
});

test.describe("deleting the account", () => {
  test("it is gone with all its sessions, and the address is free", async ({
    newcomer,
    visitor,
  }) => {
    const ada = await visitor.signUp();
    const elsewhere = newcomer();
    await elsewhere.signIn(ada);
    const answer = await visitor.client.deleteUser({ password: ada.password });
    expect(answer).toEqual({ data: { success: true, message: "User deleted" }, error: null });
    expect(visitor.jar.header()).toBe("");
    expect(await elsewhere.session()).toBeNull();
    const { error } = await newcomer().client.signIn.email({
      email: ada.email,
      password: ada.password,
    });
    expect(error).toMatchObject({ status: 401, code: "INVALID_EMAIL_OR_PASSWORD" });
    const { user } = await newcomer().signUp({
      name: ada.name,
      email: ada.email,
      password: ada.password,
    });
    expect(user.id).not.toBe(ada.user.id);
  });

  test("a wrong password deletes nothing", async ({ newcomer, visitor }) => {
    const ada = await visitor.signUp();
    const { data, error } = await visitor.client.deleteUser({ password: OTHER_PASSWORD });
    expect(data).toBeNull();
    expect(error).toMatchObject({
      status: 400,
      code: "INVALID_PASSWORD",
      message: "Invalid password",
    });
    await newcomer().signIn(ada);
  });

  test("nobody can delete one without a session", async ({ visitor }) => {
    expect((await visitor.client.deleteUser({ password: PASSWORD })).error).toMatchObject(
      UNAUTHORIZED,
    );
  });
});
