// The official Better Auth client against our server: signing up, in and out, the session and its token.

import { expect, test } from "../../clients/fixtures.ts";
import { verify } from "../../clients/tokens.ts";
import { OTHER_PASSWORD, person, type Person, Visitor } from "../../clients/visitor.ts";

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const DAY = 24 * 60 * 60 * 1000;

/** A user as every answer has it: these fields and no others. */
function userOf({ name, email }: Person) {
  return {
    id: expect.stringMatching(UUID),
    name,
    email,
    emailVerified: false,
    image: null,
    createdAt: expect.any(Date),
    updatedAt: expect.any(Date),
  };
}

test.describe("signing up", () => {
  test("a newcomer gets an account, a session and a token", async ({ server, visitor }) => {
    const ada = person();
    const { data, error } = await visitor.client.signUp.email(ada);
    expect(error).toBeNull();
    expect(data).toEqual({ token: expect.any(String), user: userOf(ada) });
    const { payload } = await verify(data?.token, server.url);
    expect(payload.sub).toBe(data?.user.id);
    expect((await visitor.client.getSession()).data?.user).toEqual(data?.user);
  });

  test("the session is a cookie that no script and no foreign form can use", async ({
    visitor,
  }) => {
    await visitor.signUp();
    expect(visitor.jar.last).toHaveLength(1);
    const [cookie = ""] = visitor.jar.last;
    const attributes = cookie.toLowerCase().split(/;\s*/).slice(1).sort();
    expect(attributes).toEqual(["httponly", "max-age=604800", "path=/", "samesite=lax"]);
  });

  test("the address is kept and answered in lower case", async ({ visitor }) => {
    const ada = person();
    const { data } = await visitor.client.signUp.email({ ...ada, email: ada.email.toUpperCase() });
    expect(data?.user.email).toBe(ada.email);
  });

  test("an address has one account, however it is written", async ({ newcomer, visitor }) => {
    const { name, email } = await visitor.signUp();
    const again = { name, email: email.toUpperCase(), password: OTHER_PASSWORD };
    const { data, error } = await newcomer().client.signUp.email(again);
    expect(data).toBeNull();
    expect(error).toMatchObject({
      status: 422,
      code: "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
      message: "User already exists. Use another email.",
    });
  });

  const refused: [string, Record<string, unknown>, number, string][] = [
    ["a malformed address", { email: "ada" }, 400, "VALIDATION_ERROR"],
    ["no name", { name: undefined }, 400, "VALIDATION_ERROR"],
    ["no password", { password: undefined }, 400, "VALIDATION_ERROR"],
    ["a password that is no string", { password: 12345678 }, 400, "VALIDATION_ERROR"],
    ["a password of seven characters", { password: "v1olet!" }, 400, "PASSWORD_TOO_SHORT"],
    ["a password of 129 characters", { password: "v1".repeat(64) + "!" }, 400, "PASSWORD_TOO_LONG"],
    ["one of the most common passwords", { password: "password1" }, 400, "PASSWORD_COMPROMISED"],
    ["a foreign callback", { callbackURL: "https://evil.example" }, 403, "INVALID_CALLBACK_URL"],
    ["a hidden foreign callback", { callbackURL: "//evil.example" }, 403, "INVALID_CALLBACK_URL"],
  ];
  for (const [what, change, status, code] of refused) {
    test(`${what} is refused, and no account made`, async ({ visitor }) => {
      const ada = person();
      const { data, error } = await visitor.post("/sign-up/email", { ...ada, ...change });
      expect(data).toBeNull();
      expect(error).toMatchObject({ status, code, message: expect.stringMatching(/./) });
      expect(await visitor.session()).toBeNull();
      expect((await visitor.client.signIn.email(ada)).error).toMatchObject({ status: 401 });
    });
  }

  test("passwords of 8 and of 128 characters are accepted", async ({ newcomer }) => {
    await newcomer().signUp({ ...person(), password: "v1olet!?" });
    await newcomer().signUp({ ...person(), password: "v1".repeat(64) });
  });
});

test.describe("signing in", () => {
  test("the right password gives a session and a token", async ({ newcomer, server, visitor }) => {
    const ada = await visitor.signUp();
    const elsewhere = newcomer();
    const { data, error } = await elsewhere.client.signIn.email({
      email: ada.email.toUpperCase(),
      password: ada.password,
    });
    expect(error).toBeNull();
    // No `url`: there is nothing to go to.
    expect(data).toStrictEqual({ redirect: false, token: expect.any(String), user: ada.user });
    expect((await verify(data?.token, server.url)).payload.sub).toBe(ada.user.id);
    expect((await elsewhere.client.getSession()).data?.user).toEqual(ada.user);
  });

  test("a wrong password and an unknown address are answered alike", async ({
    newcomer,
    visitor,
  }) => {
    const { email, password } = await visitor.signUp();
    const wrong = await newcomer().client.signIn.email({ email, password: OTHER_PASSWORD });
    const unknown = await newcomer().client.signIn.email({ email: person().email, password });
    expect(wrong.data).toBeNull();
    expect(wrong.error).toEqual({
      status: 401,
      statusText: "Unauthorized",
      code: "INVALID_EMAIL_OR_PASSWORD",
      message: "Invalid email or password",
    });
    expect(unknown).toEqual(wrong);
  });

  const refused: [string, Record<string, unknown>, number, string][] = [
    ["a malformed address", { email: "ada" }, 400, "INVALID_EMAIL"],
    ["no password", { password: undefined }, 400, "VALIDATION_ERROR"],
    ["an empty password", { password: "" }, 401, "INVALID_EMAIL_OR_PASSWORD"],
    ["a password of 129 characters", { password: "v1".repeat(64) + "!" }, 400, "PASSWORD_TOO_LONG"],
    ["rememberMe that is no boolean", { rememberMe: "no" }, 400, "VALIDATION_ERROR"],
    ["a foreign callback", { callbackURL: "https://evil.example" }, 403, "INVALID_CALLBACK_URL"],
  ];
  for (const [what, change, status, code] of refused) {
    test(`${what} is refused`, async ({ newcomer, visitor }) => {
      const { email, password } = await visitor.signUp();
      const stranger = newcomer();
      const { data, error } = await stranger.post("/sign-in/email", { email, password, ...change });
      expect(data).toBeNull();
      expect(error).toMatchObject({ status, code });
      expect(await stranger.session()).toBeNull();
    });
  }

  test("with a callback the answer says where to go", async ({ visitor }) => {
    const { email, password } = await visitor.signUp();
    const { data } = await visitor.client.signIn.email({ email, password, callbackURL: "/tasks" });
    expect(data).toMatchObject({ redirect: true, url: "/tasks" });
  });

  test("not to be remembered means a day, and a cookie that goes with the browser", async ({
    newcomer,
    visitor,
  }) => {
    const { email, password } = await visitor.signUp();
    const guest = newcomer();
    await guest.client.signIn.email({ email, password, rememberMe: false });
    expect(guest.jar.last.join()).not.toMatch(/max-age|expires/i);
    expect(await lifetimeOf(guest)).toBe(DAY);
    expect(await lifetimeOf(visitor)).toBe(7 * DAY);
  });

  test("it replaces the session that the browser had", async ({ visitor }) => {
    const ada = await visitor.signUp();
    const before = visitor.double();
    await visitor.signIn(ada);
    expect(await before.session()).toBeNull();
    expect(await visitor.session()).not.toBeNull();
  });
});

test.describe("the session", () => {
  test("it is there with its user, and with a token in the header", async ({ server, visitor }) => {
    const ada = await visitor.signUp();
    let token: string | null = null;
    const { data } = await visitor.client.getSession({
      fetchOptions: {
        onSuccess: ({ response }) => void (token = response.headers.get("set-auth-jwt")),
      },
    });
    expect(data).toEqual({
      user: ada.user,
      session: {
        id: expect.stringMatching(UUID),
        userId: ada.user.id,
        token: expect.any(String),
        expiresAt: expect.any(Date),
        createdAt: expect.any(Date),
        updatedAt: expect.any(Date),
        ipAddress: expect.any(String),
        userAgent: "node",
      },
    });
    expect((await verify(token, server.url)).payload.sub).toBe(ada.user.id);
  });

  test("nobody's session is null, and no error", async ({ visitor }) => {
    expect(await visitor.client.getSession()).toEqual({ data: null, error: null });
  });

  test("a forged cookie is nobody's session", async ({ visitor }) => {
    await visitor.signUp();
    visitor.jar.forge("A".repeat(43));
    expect(await visitor.client.getSession()).toEqual({ data: null, error: null });
    expect((await visitor.client.token()).error).toMatchObject({ status: 401 });
  });
});

test.describe("the token", () => {
  test("any service can verify it by the key set alone", async ({ server, visitor }) => {
    const { name, email, user } = await visitor.signUp();
    const { data } = await visitor.client.token();
    const { payload, protectedHeader } = await verify(data?.token, server.url);
    expect(protectedHeader).toEqual({ alg: "EdDSA", typ: "JWT", kid: expect.any(String) });
    expect(payload).toEqual({
      iss: server.url,
      aud: server.url,
      sub: user.id,
      sid: expect.any(String),
      iat: expect.any(Number),
      exp: Number(payload.iat) + 15 * 60,
      name,
      email,
    });
    expect(Math.abs(Date.now() / 1000 - Number(payload.iat))).toBeLessThan(30);
  });

  test("tokens of one session name it, and those of another do not", async ({
    newcomer,
    server,
    visitor,
  }) => {
    const ada = await visitor.signUp();
    const elsewhere = newcomer();
    await elsewhere.signIn(ada);
    const sidOf = async (token: unknown) => (await verify(token, server.url)).payload["sid"];
    const first = await sidOf(ada.token);
    const second = await sidOf((await visitor.client.token()).data?.token);
    const other = await sidOf((await elsewhere.client.token()).data?.token);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  test("there is none without a session", async ({ visitor }) => {
    const { data, error } = await visitor.client.token();
    expect(data).toBeNull();
    expect(error).toMatchObject({ status: 401, code: "UNAUTHORIZED", message: "Unauthorized" });
  });

  test("the key set holds public halves only", async ({ visitor }) => {
    const { data } = await visitor.client.jwks();
    expect(data?.keys.length).toBeGreaterThan(0);
    for (const key of data?.keys ?? []) {
      expect(key).toEqual({
        kty: "OKP",
        crv: "Ed25519",
        alg: "EdDSA",
        use: "sig",
        kid: expect.any(String),
        x: expect.stringMatching(/^[\w-]{43}$/),
      });
    }
  });
});

test.describe("signing out", () => {
  test("it ends the session and takes the cookie away", async ({ visitor }) => {
    await visitor.signUp();
    const double = visitor.double();
    expect(await visitor.client.signOut()).toEqual({ data: { success: true }, error: null });
    expect(visitor.jar.header()).toBe("");
    expect(await double.session()).toBeNull();
    expect((await double.client.token()).error).toMatchObject({ status: 401 });
  });

  test("it leaves the other sessions alone", async ({ newcomer, visitor }) => {
    const ada = await visitor.signUp();
    const elsewhere = newcomer();
    await elsewhere.signIn(ada);
    await elsewhere.client.signOut();
    expect(await visitor.session()).not.toBeNull();
  });

  test("without a session there is nothing to end", async ({ visitor }) => {
    expect(await visitor.client.signOut()).toEqual({ data: { success: true }, error: null });
  });
});

async function lifetimeOf(visitor: Visitor): Promise<number> {
  const { data } = await visitor.client.getSession();
  if (!data) {
    throw new Error("there is no session");
  }
  // Both are written at one moment, give or take the rounding to milliseconds.
  const lifetime = data.session.expiresAt.getTime() - data.session.createdAt.getTime();
  return Math.round(lifetime / 60_000) * 60_000;
}
