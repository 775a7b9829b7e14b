// Requests that no client would send, and which of several faults is answered.

import { expect, test } from "../../clients/fixtures.ts";
import { type Answer, send, sendJson } from "../../clients/raw.ts";
import { accountRoutes } from "../../clients/routes.ts";
import { OTHER_PASSWORD, PASSWORD, person, type Visitor } from "../../clients/visitor.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** An error as every route answers one. */
function expectError({ headers, json }: Answer, code: string): void {
  expect(json).toEqual({ code, message: expect.stringMatching(/./) });
  expect(headers.get("content-type")).toMatch(/^application\/json/);
}

async function postRoutes(): Promise<string[]> {
  return (await accountRoutes()).map((route) => route.replace("/api/auth", ""));
}

test("a body of another kind is refused by every route", async ({ visitor }) => {
  await visitor.signUp();
  for (const route of await postRoutes()) {
    for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/xml"]) {
      const answer = await send(visitor, route, { body: "{}", headers: { "content-type": type } });
      expect(answer.status, `${route} ${type}`).toBe(415);
      expectError(answer, "UNSUPPORTED_MEDIA_TYPE");
    }
    const untyped = await send(visitor, route, { body: new Blob(["{}"]) });
    expect(untyped.status, `${route} without a type`).toBe(415);
  }
  expect(await visitor.session()).not.toBeNull();
});

test("a body that does not parse is refused by every route", async ({ visitor }) => {
  await visitor.signUp();
  for (const route of await postRoutes()) {
    for (const body of ["{", "nonsense", '{"a":1}}', "[".repeat(10_000), "\xff", "NaN"]) {
      const answer = await send(visitor, route, { body, headers: JSON_TYPE });
      expect(answer.status, `${route} ${body.slice(0, 20)}`).toBe(400);
      expectError(answer, "BAD_REQUEST");
    }
  }
  expect(await visitor.session()).not.toBeNull();
});

test("a body that is no object is refused by every route", async ({ visitor }) => {
  await visitor.signUp();
  for (const route of await postRoutes()) {
    for (const body of [[], null, 7, "text", true]) {
      const answer = await sendJson(visitor, route, body);
      expect(answer.status, `${route} ${JSON.stringify(body)}`).toBe(400);
      expectError(answer, "VALIDATION_ERROR");
    }
  }
  expect(await visitor.session()).not.toBeNull();
});

test("a body that is far too large is refused", async ({ visitor }) => {
  const answer = await sendJson(visitor, "/sign-in/email", { email: "x".repeat(100_000) });
  expect(answer.status).toBe(413);
  expect(answer.json).toEqual({ code: expect.any(String), message: expect.any(String) });
});

test("a type with a charset is JSON too", async ({ visitor }) => {
  const { email, password } = await visitor.signUp();
  const body = JSON.stringify({ email, password });
  const headers = { "content-type": "application/json; charset=utf-8" };
  expect((await send(visitor, "/sign-in/email", { body, headers })).status).toBe(200);
});

test("where nothing has to be said, no body is needed", async ({ newcomer, visitor }) => {
  const ada = await visitor.signUp();
  for (const route of ["/revoke-other-sessions", "/sign-out"]) {
    expect((await send(visitor, route, { method: "POST" })).status, route).toBe(200);
  }
  const again = newcomer();
  await again.signIn(ada);
  expect((await send(again, "/revoke-sessions", { method: "POST" })).status).toBe(200);
  for (const route of ["/sign-in/email", "/sign-up/email", "/update-user", "/change-password"]) {
    const answer = await send(visitor, route, { method: "POST" });
    expect(answer.status, route).toBe(400);
    expectError(answer, "VALIDATION_ERROR");
  }
});

test("there is nothing elsewhere, and no page", async ({ visitor }) => {
  await visitor.signUp();
  const wrong: [string, string][] = [
    ["GET", "/nonesuch"],
    ["POST", "/nonesuch"],
    ["GET", ""],
    ["GET", "/sign-in"],
    ["POST", "/sign-in/social"],
    ["GET", "/sign-in/email"],
    ["POST", "/get-session"],
    ["POST", "/token"],
    ["PUT", "/update-user"],
    ["DELETE", "/delete-user"],
    ["GET", "/delete-user/callback?token=x"],
    ["GET", "/get-session/"],
  ];
  for (const [method, route] of wrong) {
    const { headers, status, text } = await send(visitor, route, { method });
    expect([404, 405], `${method} ${route}`).toContain(status);
    expect(headers.get("content-type") ?? "", `${method} ${route}`).not.toContain("html");
    expect(text, `${method} ${route}`).not.toContain("<");
  }
});

test("null for what may be left out is refused", async ({ visitor }) => {
  const ada = await visitor.signUp();
  const { email, password } = ada;
  const passwords = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
  const bodies: [string, Record<string, unknown>][] = [
    ["/sign-up/email", { ...person(), image: null }],
    ["/sign-up/email", { ...person(), callbackURL: null }],
    ["/sign-up/email", { ...person(), rememberMe: null }],
    ["/sign-in/email", { email, password, callbackURL: null }],
    ["/sign-in/email", { email, password, rememberMe: null }],
    ["/update-user", { name: null }],
    ["/change-password", { ...passwords, revokeOtherSessions: null }],
    ["/change-email", { newEmail: person().email, callbackURL: null }],
    ["/delete-user", { password: null }],
    ["/delete-user", { password, callbackURL: null }],
    ["/request-password-reset", { email, redirectTo: null }],
    ["/reset-password", { newPassword: OTHER_PASSWORD, token: null }],
    ["/send-verification-email", { email, callbackURL: null }],
  ];
  for (const [route, body] of bodies) {
    const answer = await sendJson(visitor, route, body);
    expect.soft(answer.status, `${route} ${JSON.stringify(body)}`).toBe(400);
    expect.soft(answer.json?.["code"], `${route} ${JSON.stringify(body)}`).toBe("VALIDATION_ERROR");
  }
  expect((await visitor.client.getSession()).data?.user).toEqual(ada.user);
});

test("every field that is wrong is named", async ({ visitor }) => {
  const answer = await sendJson(visitor, "/sign-up/email", {
    name: 5,
    email: "ada",
    password: null,
  });
  expect(answer.status).toBe(400);
  expectError(answer, "VALIDATION_ERROR");
  for (const field of ["name", "password"]) {
    expect(answer.json?.["message"]).toContain(`[body.${field}]`);
  }
});

test("of several faults, the first in the order of the checks is answered", async ({
  newcomer,
  visitor,
}) => {
  const anonymous = newcomer();
  const evil = "https://evil.example";
  await visitor.signUp();
  const code = async (who: Visitor, route: string, body: unknown) => {
    const { json, status } = await sendJson(who, route, body);
    return `${status} ${String(json?.["code"])}`;
  };
  // The form of the body comes before who sends it.
  expect(await code(anonymous, "/change-password", {})).toBe("400 VALIDATION_ERROR");
  expect(await code(anonymous, "/revoke-session", {})).toBe("400 VALIDATION_ERROR");
  const valid = { currentPassword: "wrong", newPassword: "short" };
  expect(await code(anonymous, "/change-password", valid)).toBe("401 UNAUTHORIZED");
  expect(await code(anonymous, "/update-user", { email: "a@example.org" })).toBe(
    "401 UNAUTHORIZED",
  );
  // Where to go on comes before the rest of the body.
  expect(await code(anonymous, "/sign-in/email", { callbackURL: evil })).toBe(
    "403 INVALID_CALLBACK_URL",
  );
  expect(await code(anonymous, "/sign-up/email", { callbackURL: evil })).toBe(
    "403 INVALID_CALLBACK_URL",
  );
  expect(await code(anonymous, "/request-password-reset", { redirectTo: evil })).toBe(
    "403 INVALID_REDIRECT_URL",
  );
  // A password that cannot be comes before one that is wrong.
  expect(await code(visitor, "/change-password", valid)).toBe("400 PASSWORD_TOO_SHORT");
  const long = { newPassword: "v1".repeat(65), currentPassword: "wrong" };
  expect(await code(visitor, "/change-password", long)).toBe("400 PASSWORD_TOO_LONG");
  expect(await code(anonymous, "/reset-password", { newPassword: "short" })).toBe(
    "400 INVALID_TOKEN",
  );
  const made = { newPassword: "short", token: "made up" };
  expect(await code(anonymous, "/reset-password", made)).toBe("400 PASSWORD_TOO_SHORT");
});
