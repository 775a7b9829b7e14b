// Opens a page, and waits until its wasm has taken over.

import type { BrowserContext, Page } from "@playwright/test";

import { waitForHydrationIn } from "../harness/hydration.ts";

export async function alive(context: BrowserContext, path: string): Promise<Page> {
  await waitForHydrationIn(context);
  const page = await context.newPage();
  await page.goto(path);
  return page;
}
