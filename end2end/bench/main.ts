// What the browser's side costs, as JSON on standard output. `cargo xtask bench browser` starts it, with a server
// that has the people of `Given`.

import { type Browser, type BrowserContext, chromium } from "@playwright/test";

import { visits } from "./bytes.ts";
import { firstRender } from "./first_render.ts";
import { audit } from "./lighthouse.ts";
import { leak, toggles } from "./toggles.ts";

interface Given {
  url: string;
  chromium: string;
  /** Where Lighthouse finds the browser. */
  port: number;
  /** The session of somebody with 20 tasks, and of somebody with 1,000, all open: `name=value`. */
  few: string;
  many: string;
}

const given = JSON.parse(process.env["DONEWELL_BENCH"] ?? "{}") as Given;

const browser = await chromium.launch({
  executablePath: given.chromium,
  args: [
    `--remote-debugging-port=${given.port}`,
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const faults: string[] = [];
try {
  const found = {
    visits: await tried("visits", () => within(given.few, visits)),
    few: await tried("toggles of 20", () => within(given.few, (context) => toggles(context, 6))),
    render: await tried("1,000 rows", () => within(given.many, firstRender)),
    leak: await tried("1,000 toggles", () => within(given.few, leak)),
    audits: await audits(),
    faults,
  };
  process.stdout.write(JSON.stringify(found));
} finally {
  await browser.close();
}

async function audits(): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const [path, cookie] of [
    ["/", undefined],
    ["/login", undefined],
    ["/tasks", given.few],
  ] as const) {
    all[path] = await tried(`Lighthouse on ${path}`, () => audit(given.url + path, given.port, cookie));
  }
  return all;
}

/** One thing that cannot be measured does not hide the others. */
async function tried<T>(what: string, work: () => Promise<T>): Promise<T | null> {
  const started = Date.now();
  try {
    return await work();
  } catch (error) {
    faults.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  } finally {
    console.error(`${what}: ${Date.now() - started} ms`);
  }
}

/** In a browser that knows nothing but the session. */
async function within<T>(cookie: string, work: (context: BrowserContext) => Promise<T>): Promise<T> {
  const context = await fresh(browser, cookie);
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}

async function fresh(browser: Browser, cookie: string): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: given.url,
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 900 },
  });
  const [name = "", value = ""] = cookie.split("=");
  await context.addCookies([{ name, value, url: given.url, httpOnly: true, sameSite: "Lax" }]);
  return context;
}
