// How the release build's pages and files go out: headers, compression, caching.

import { type APIRequestContext, expect, test } from "../fixtures.ts";
import { hydration } from "../harness/hydration.ts";
import { NotFoundPage } from "../pages/not_found.ts";
import { places } from "../pages/places.ts";

const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": expect.stringContaining("camera=()"),
};

for (const place of places("release")) {
  test(`the ${place.name} is not kept, and says what it may load`, async ({ request }) => {
    const answer = await request.get(place.path);
    expect(answer.status()).toBe(place.status);
    const headers = answer.headers();
    expect(headers).toMatchObject(EVERYWHERE);
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["content-type"]).toMatch(/^text\/html; charset=utf-8$/i);
    expect(headers["x-request-id"]).toBeTruthy();

    const policy = parsePolicy(headers["content-security-policy"] ?? "");
    expect(policy).toMatchObject({
      "default-src": "'none'",
      "style-src": "'self'",
      "connect-src": "'self'",
      "object-src": "'none'",
      "base-uri": "'none'",
      "form-action": "'self'",
      "frame-ancestors": "'none'",
    });
    expect(policy["script-src"]).toMatch(/^'nonce-[^']{16,}' 'strict-dynamic' 'wasm-unsafe-eval'$/);
    expect(JSON.stringify(policy)).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
  });
}

test("no nonce comes twice, and every script has the page's", async ({ request }) => {
  const nonces = new Set<string>();
  for (let visits = 0; visits < 3; visits += 1) {
    const answer = await request.get("/");
    const policy = answer.headers()["content-security-policy"] ?? "";
    const nonce = policy.match(/'nonce-([^']+)'/)?.[1] ?? "";
    nonces.add(nonce);
    const html = await answer.text();
    for (const script of html.match(/<script\b[^>]*>/g) ?? []) {
      expect(script).toContain(`nonce="${nonce}"`);
    }
    expect(html).not.toMatch(/\sstyle="|\son\w+="/);
  }
  expect(nonces.size).toBe(3);
});

test("files whose names change with their content are kept for ever, compressed", async ({
  request,
}) => {
  for (const path of await packageFiles(request)) {
    for (const encoding of ["br", "gzip"]) {
      const answer = await request.get(path, { headers: { "accept-encoding": encoding } });
      expect(answer.status(), path).toBe(200);
      expect(answer.headers(), path).toMatchObject({
        ...EVERYWHERE,
        "cache-control": "public, max-age=31536000, immutable",
        "content-encoding": encoding,
        "content-type": expect.stringMatching(contentType(path)),
        vary: expect.stringMatching(/accept-encoding/i),
      });
    }
    const plain = await request.get(path, { headers: { "accept-encoding": "identity" } });
    expect(plain.headers()["content-encoding"]).toBeUndefined();
    expect((await plain.body()).length).toBeGreaterThan(0);
  }
});

test("what is not there is not kept for ever", async ({ request }) => {
  const [script = ""] = await packageFiles(request);
  const answer = await request.get(script.replace(/\.[0-9a-f]+\./, ".0000000000000000."));
  expect(answer.status()).toBe(404);
  expect(answer.headers()["cache-control"]).not.toContain("immutable");
});

test("pages go out compressed", async ({ request }) => {
  const answer = await request.get("/", { headers: { "accept-encoding": "br" } });
  expect(answer.headers()["content-encoding"]).toBe("br");
});

test("a first visit fetches each file once, and a second one only the page", async ({
  page,
  server,
  request,
}) => {
  const files = await packageFiles(request);
  const start = server.log.length;
  const fetched = () =>
    [...server.log.slice(start).matchAll(/path="([^"]*)"[^\n]*finished/g)].map(
      ([, path = ""]) => path,
    );
  const fetchedFiles = () =>
    fetched()
      .filter((path) => path.startsWith("/pkg/"))
      .sort();

  await page.goto("/");
  await expect.poll(fetchedFiles).toEqual(files);
  await page.goto("/");
  await expect.poll(() => fetched().filter((path) => path === "/")).toHaveLength(2);
  expect(fetchedFiles()).toEqual(files);
});

test("the page is alive without a word to the console or to a stranger", async ({ page }) => {
  // The fixture fails the test on either.
  await page.goto("/", { waitUntil: "networkidle" });
  await hydration(page);
});

test("the style guide is for builders only", async ({ request }) => {
  const answer = await request.get("/styleguide");
  expect(answer.status()).toBe(404);
  expect(await answer.text()).toContain("Page not found");
});

test("an unknown server function is 404 and no page", async ({ request }) => {
  const answer = await request.post("/fn/no/such", { form: {} });
  expect(answer.status()).toBe(404);
});

test("a form that makes no sense is refused without a fault of ours", async ({ request }) => {
  const answer = await request.post("/fn/landing/set-example-done", { form: { done: "perhaps" } });
  expect(answer.status()).toBe(400);
  expect(await answer.json()).toEqual({ code: "BAD_REQUEST" });
});

test("robots and icons are there", async ({ request }) => {
  const html = await (await request.get(NotFoundPage.path)).text();
  const linked = [
    ...html.matchAll(/<link\b[^>]*rel="(?:icon|manifest|apple-touch-icon)"[^>]*>/g),
  ].map(([link]) => link.match(/href="([^"]+)"/)?.[1] ?? "");
  expect(linked.length).toBeGreaterThan(0);
  for (const path of [...linked, "/robots.txt"]) {
    const answer = await request.get(path);
    expect(answer.status(), path).toBe(200);
    expect(answer.headers()["cache-control"], path).toBe("public, max-age=3600");
  }
});

/** The script, wasm and style that the landing page names, and the second file of the wasm, which the script names. */
async function packageFiles(request: APIRequestContext): Promise<string[]> {
  const html = await (await request.get("/")).text();
  const files = new Set(html.match(/\/pkg\/[\w./-]+\.(?:js|wasm|css)/g));
  expect(files.size).toBe(3);
  const script = [...files].find((path) => path.endsWith(".js")) ?? "";
  const [rest = ""] = (await (await request.get(script)).text()).match(/donewell-rest\.\w+\.wasm/) ?? [];
  expect(rest).not.toBe("");
  return [...files, `/pkg/${rest}`].sort();
}

function contentType(path: string): RegExp {
  if (path.endsWith(".wasm")) {
    return /^application\/wasm$/;
  }
  return path.endsWith(".css") ? /^text\/css/ : /^text\/javascript/;
}

function parsePolicy(policy: string): Record<string, string> {
  const directives = policy.split(";").map((directive) => directive.trim().split(/\s+(.*)/));
  return Object.fromEntries(directives.map(([name, value]) => [name, value]));
}
