// The fine print of the answers: headers, dates, and what is accepted as an address or a place to go on to.

import { expect, test } from "../../clients/fixtures.ts";
import { send, sendJson } from "../../clients/raw.ts";
import { PASSWORD, person } from "../../clients/visitor.ts";

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,3}Z$/;

test("the session is not to be cached, and its token may be read by pages", async ({ visitor }) => {
  const nobody = await send(visitor, "/get-session");
  expect([nobody.status, nobody.text]).toEqual([200, "null"]);
  expect(nobody.headers.get("set-auth-jwt")).toBeNull();
  await visitor.signUp();
  const somebody = await send(visitor, "/get-session");
  for (const { headers } of [nobody, somebody]) {
    expect(headers.get("cache-control")).toContain("no-store");
    expect(headers.get("content-type")).toMatch(/^application\/json/);
  }
  expect(somebody.headers.get("set-auth-jwt")).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(somebody.headers.get("access-control-expose-headers")).toContain("set-auth-jwt");
  const token = await send(visitor, "/token");
  expect(token.headers.get("cache-control")).toContain("no-store");
});

test("dates have milliseconds and no more", async ({ visitor }) => {
  const ada = person();
  const { json } = await sendJson(visitor, "/sign-up/email", ada);
  const found = (await send(visitor, "/get-session")).json as Record<
    string,
    Record<string, string>
  >;
  const user = json?.["user"] as Record<string, string>;
  const { session } = found;
  for (const date of [user["createdAt"], user["updatedAt"]]) {
    expect(date).toMatch(DATE);
  }
  for (const date of [session?.["createdAt"], session?.["updatedAt"], session?.["expiresAt"]]) {
    expect(date).toMatch(DATE);
  }
});

test("a cookie that opens nothing is taken away by who asks for the session", async ({
  newcomer,
  visitor,
}) => {
  const ada = await visitor.signUp();
  const double = visitor.double();
  await visitor.client.signOut();
  const { headers, text } = await send(double, "/get-session");
  expect(text).toBe("null");
  expect(headers.getSetCookie().join()).toMatch(/max-age=0/i);
  expect(double.jar.header()).toBe("");
  // Not by other answers: they may come when another session has begun.
  const other = newcomer();
  await other.signIn(ada);
  const dead = other.double();
  await other.client.signOut();
  const refused = await send(dead, "/token");
  expect(refused.status).toBe(401);
  expect(refused.headers.getSetCookie()).toEqual([]);
});

test("a change of the profile keeps the cookie as it was", async ({ visitor }) => {
  const { email } = await visitor.signUp();
  await visitor.client.signIn.email({ email, password: PASSWORD, rememberMe: false });
  const before = visitor.jar.header();
  const { headers } = await sendJson(visitor, "/update-user", { name: "Countess" });
  // Better Auth sends it again, which only what it caches in there needs.
  expect(headers.getSetCookie()).toEqual([]);
  expect(visitor.jar.header()).toBe(before);
});

test("what the body says about who one is counts for nothing", async ({ visitor }) => {
  const id = "4f9c1f0e-6d55-4f0a-9a51-2d3a0c1b7e42";
  const body = {
    ...person(),
    id,
    emailVerified: true,
    createdAt: "2001-01-01T00:00:00.000Z",
    role: "admin",
  };
  const { json, status } = await sendJson(visitor, "/sign-up/email", body);
  expect(status).toBe(200);
  const user = json?.["user"] as Record<string, unknown>;
  expect(user["id"]).not.toBe(id);
  expect(user["emailVerified"]).toBe(false);
  expect(user["createdAt"]).not.toMatch(/^2001/);
  expect(Object.keys(user).sort()).toEqual([
    "createdAt",
    "email",
    "emailVerified",
    "id",
    "image",
    "name",
    "updatedAt",
  ]);
});

test("of many who sign up with one address at once, one does", async ({ newcomer }) => {
  const ada = person();
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => newcomer().client.signUp.email(ada)),
  );
  const codes = answers.map(({ error }) => error && `${error.status} ${String(error.code)}`).sort();
  const taken = "422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL";
  expect(codes.filter((code) => code === taken)).toHaveLength(5);
  expect(codes.filter((code) => code === null)).toHaveLength(1);
});

test("addresses are those that the official server takes", async ({ newcomer }) => {
  const unique = () => person().email.split("@")[0] ?? "";
  const good = [
    `${unique()}+tag@example.org`,
    `o'neil-${unique()}@example.org`,
    `a_b.c-d.${unique()}@sub.domain.example.co`,
    `${unique()}@xn--bcher-kva.example`,
  ];
  const bad = [
    "ada@localhost",
    "ada@example",
    ` ${unique()}@example.org`,
    `${unique()}@example.org `,
    `${unique()}@example.org.`,
    `${unique()}@example.c`,
    `${unique()}..b@example.org`,
    `.${unique()}@example.org`,
    `"${unique()}"@example.org`,
    `${unique()}@[127.0.0.1]`,
    `${unique()}@127.0.0.1`,
    `${unique()}@exa mple.org`,
    `${unique()}@bücher.example`,
    `ä${unique()}@example.org`,
    `${unique()}@example.org\nBcc: eve@evil.example`,
    `<${unique()}@example.org>`,
    `${unique()}@@example.org`,
    "@example.org",
    "",
  ];
  for (const email of good) {
    const { error } = await newcomer().client.signUp.email({ ...person(), email });
    expect.soft(error, email).toBeNull();
  }
  for (const email of bad) {
    const { error } = await newcomer().client.signUp.email({ ...person(), email });
    expect.soft(error, email).toMatchObject({ status: 400, code: "VALIDATION_ERROR" });
  }
});

test("names have a character at least, and one line at most", async ({ newcomer }) => {
  for (const name of ["", "   ", "Ada\nLovelace", "Ada\0", "a".repeat(101)]) {
    const { error } = await newcomer().client.signUp.email({ ...person(), name });
    expect
      .soft(error, JSON.stringify(name))
      .toMatchObject({ status: 400, code: "VALIDATION_ERROR" });
  }
  for (const name of ["A", "a".repeat(100), "Ада Лавлейс", "👩‍💻", "2026-11-21", "O'Neil <b>&amp;"]) {
    const { data, error } = await newcomer().client.signUp.email({ ...person(), name });
    expect.soft(error, name).toBeNull();
    expect.soft(data?.user.name).toBe(name);
  }
});

test("one goes on to places of ours only", async ({ newcomer, visitor }) => {
  const { email, password } = await visitor.signUp();
  const { url } = visitor;
  const codeOf = async (callbackURL: unknown) => {
    const { json, status } = await sendJson(newcomer(), "/sign-in/email", {
      email,
      password,
      callbackURL,
    });
    return status === 200 ? json?.["url"] : `${status} ${String(json?.["code"])}`;
  };
  for (const good of ["/", "/tasks?list=7#top", `${url}/tasks`, "/a/b?next=https://evil.example"]) {
    expect.soft(await codeOf(good), good).toBe(good);
  }
  for (const bad of [
    "tasks",
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%2Fevil.example",
    "/%5cevil.example",
    "/\tevil",
    "/\n/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    `${url}.evil.example`,
    `${url}@evil.example/`,
    " /tasks",
    "?next=/",
  ]) {
    expect.soft(await codeOf(bad), bad).toBe("403 INVALID_CALLBACK_URL");
  }
  expect(await codeOf("")).toBeUndefined();
  expect(await codeOf(7)).toBe("400 VALIDATION_ERROR");
});

test("with a callback the answer carries it in its head too", async ({ visitor }) => {
  const { email, password } = await visitor.signUp();
  const body = { email, password, callbackURL: "/tasks" };
  const { headers, status } = await sendJson(visitor, "/sign-in/email", body);
  expect([status, headers.get("location")]).toEqual([200, "/tasks"]);
});
