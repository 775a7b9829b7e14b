// No other site may have a browser act in somebody's name, by whichever route.

import { expect, test } from "../../clients/fixtures.ts";
import { accountRoutes, functionRoutes } from "../../clients/routes.ts";
import { person, type Visitor } from "../../clients/visitor.ts";

type Headers = Record<string, string>;

const isFunction = (route: string) => route.startsWith("/fn/");

/** Sends an empty form or an empty object, as another site or a page of ours would. */
async function post(visitor: Visitor, route: string, headers: Headers, body?: string) {
  const type = isFunction(route) ? "application/x-www-form-urlencoded" : "application/json";
  const response = await fetch(new URL(route, visitor.url), {
    method: "POST",
    headers: { accept: "application/json", "content-type": type, ...headers },
    body: body ?? (isFunction(route) ? "" : "{}"),
    redirect: "manual",
  });
  const text = await response.text();
  const code = /"code":\s*"(\w+)"/.exec(text)?.[1];
  return { status: response.status, code, text };
}

/** Those of `routes` that did not answer as a foreign origin is answered. */
async function lettingThrough(visitor: Visitor, routes: string[], headers: Headers) {
  const passed: string[] = [];
  for (const route of routes) {
    const { status, code, text } = await post(visitor, route, headers);
    if (status !== 403 || code !== "INVALID_ORIGIN") {
      passed.push(`${route}: ${status} ${text}`);
    }
  }
  return passed;
}

/** Those of `routes` that did not let a request of our own through. */
async function refusing(visitor: Visitor, routes: string[], headers: Headers) {
  const refused: string[] = [];
  for (const route of routes) {
    const { status, code, text } = await post(visitor, route, headers);
    if (code === "INVALID_ORIGIN" || status >= 500 || status === 404) {
      refused.push(`${route}: ${status} ${text}`);
    }
  }
  return refused;
}

function port(url: string, by: number): string {
  const other = new URL(url);
  other.port = String(Number(other.port) + by);
  return other.origin;
}

const foreign: [string, (url: string) => Headers][] = [
  ["another site's origin", () => ({ origin: "https://evil.example" })],
  ["a hidden origin", () => ({ origin: "null" })],
  ["an empty origin", () => ({ origin: "" })],
  ["no origin", () => ({})],
  ["an origin that begins like ours", (url) => ({ origin: `${url}.evil.example` })],
  ["an origin that ends like ours", (url) => ({ origin: url.replace("//", "//evil") })],
  ["another port of ours", (url) => ({ origin: port(url, 1) })],
  ["https instead of http", (url) => ({ origin: url.replace("http:", "https:") })],
  ["a page of ours instead of an origin", (url) => ({ origin: `${url}/settings` })],
  ["another site's page", () => ({ referer: "https://evil.example/form" })],
  [
    "another site's page with our address in it",
    (url) => ({ referer: `https://evil.example/?${url}/` }),
  ],
  ["an address with our name before an @", (url) => ({ referer: `${url}@evil.example/` })],
  [
    "another site's origin and a page of ours",
    (url) => ({
      origin: "https://evil.example",
      referer: `${url}/settings`,
    }),
  ],
  ["a hidden origin and a page of ours", (url) => ({ origin: "null", referer: `${url}/settings` })],
  ["another site, says the browser", () => ({ "sec-fetch-site": "cross-site" })],
  ["a sister site, says the browser", () => ({ "sec-fetch-site": "same-site" })],
  ["nowhere, says the browser", () => ({ "sec-fetch-site": "none" })],
  [
    "a site that the browser has no word for",
    () => ({ "sec-fetch-site": "same-origin, cross-site" }),
  ],
];

for (const [what, headersOf] of foreign) {
  test(`with a cookie, a request from ${what} reaches no route`, async ({ visitor }) => {
    const { name } = await visitor.signUp();
    const routes = [...(await accountRoutes()), ...(await functionRoutes())];
    const headers = { cookie: visitor.jar.header(), ...headersOf(visitor.url) };
    expect(await lettingThrough(visitor, routes, headers)).toEqual([]);
    expect((await visitor.client.getSession()).data?.user.name).toBe(name);
  });
}

for (const [what, headersOf] of [
  ["our origin", (url) => ({ origin: url })],
  ["a page of ours", (url) => ({ referer: `${url}/settings` })],
  ["here, says the browser", () => ({ "sec-fetch-site": "same-origin" })],
  [
    "here, says the browser, with a hidden origin",
    () => ({
      "sec-fetch-site": "same-origin",
      origin: "null",
    }),
  ],
] satisfies [string, (url: string) => Headers][]) {
  test(`with a cookie, a request from ${what} reaches every route`, async ({ visitor }) => {
    const routes = [...(await accountRoutes()), ...(await functionRoutes())];
    const headers = { cookie: "theme=dark", ...headersOf(visitor.url) };
    expect(await refusing(visitor, routes, headers)).toEqual([]);
  });
}

const ENTRANCES = [
  "/api/auth/sign-in/email",
  "/api/auth/sign-up/email",
  "/fn/auth/sign-in",
  "/fn/auth/sign-up",
];

for (const [what, headersOf] of foreign.filter(([what]) => !/^no(where| origin)/.test(what))) {
  test(`without a cookie, nobody is signed in or up from ${what}`, async ({ visitor }) => {
    const headers = headersOf(visitor.url);
    expect(await lettingThrough(visitor, ENTRANCES, headers)).toEqual([]);
  });
}

test("without a cookie and a word about where it comes from, a program may sign in", async ({
  visitor,
}) => {
  expect(await refusing(visitor, ENTRANCES, {})).toEqual([]);
  visitor.origin = null;
  const { token } = await visitor.signUp();
  expect(token).toEqual(expect.any(String));
});

test("what needs no cookie and signs nobody in may come from anywhere", async ({ visitor }) => {
  const headers = { origin: "https://evil.example" };
  const body = JSON.stringify({ email: person().email });
  for (const route of ["request-password-reset", "send-verification-email"]) {
    expect((await post(visitor, `/api/auth/${route}`, headers, body)).status).toBe(200);
  }
});

test("what changes something cannot be had by a link", async ({ visitor }) => {
  await visitor.signUp();
  const headers = { cookie: visitor.jar.header(), accept: "text/html" };
  const statuses: Record<string, number> = {};
  const routes = [...(await accountRoutes()), ...(await functionRoutes())];
  for (const route of routes) {
    const response = await fetch(new URL(route, visitor.url), { headers, redirect: "manual" });
    statuses[route] = response.status;
    await response.body?.cancel();
  }
  const answered = Object.entries(statuses).filter(
    ([, status]) => status !== 404 && status !== 405,
  );
  expect(answered).toEqual([]);
  expect(await visitor.session()).not.toBeNull();
});
