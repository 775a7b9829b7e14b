// When a page is alive. A test that clicks earlier would test the plain form instead.

import type { BrowserContext, Page, Response } from "@playwright/test";

const LIMIT = 30_000;

declare global {
  interface Window {
    /** Set once the page's wasm has taken over. */
    hydrated?: boolean;
  }
}

// The page's script marks the moment. The first effects run in the microtasks that follow, a timer after all of them.
function tellHydration(): void {
  new PerformanceObserver((marks) => {
    if (marks.getEntriesByName("alive").length > 0) {
      setTimeout(() => (window.hydrated = true));
    }
  }).observe({ type: "mark" });
}

/** Has `goto` and `reload` of every page of `context` wait until the page is alive. */
export async function waitForHydrationIn(context: BrowserContext): Promise<void> {
  await context.addInitScript(tellHydration);
  context.on("page", (page) => {
    const { goto, reload } = page;
    page.goto = async (...all) => alive(page, await goto.apply(page, all));
    page.reload = async (...all) => alive(page, await reload.apply(page, all));
  });
}

/** Waits for the page that a click has led to, past the router. */
export async function hydration(page: Page): Promise<void> {
  await page
    .waitForFunction(() => window.hydrated === true, undefined, { timeout: LIMIT })
    .catch((error: unknown) => {
      throw new Error(`${page.url()} was not hydrated within ${LIMIT} ms`, { cause: error });
    });
}

async function alive(page: Page, response: Response | null): Promise<Response | null> {
  const isPage = response?.headers()["content-type"]?.startsWith("text/html");
  // The API's document is a page that runs nothing.
  if (isPage && (await page.locator("script").count()) > 0) {
    await hydration(page);
  }
  return response;
}
