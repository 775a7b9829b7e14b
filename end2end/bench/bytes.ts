// What goes over the wire when somebody comes to their tasks for the first time, and when they come again.

import { setTimeout } from "node:timers/promises";

import type { BrowserContext, Page } from "@playwright/test";

import { waitForHydrationIn } from "../harness/hydration.ts";

interface Visit {
  total: number;
  wasm: number;
  html: number;
  script: number;
  style: number;
  requests: number;
}

/** Nothing has come for so long, in milliseconds. */
const QUIET = 1_000;
const LIMIT = 30_000;

export async function visits(context: BrowserContext): Promise<{ first: Visit; second: Visit }> {
  await waitForHydrationIn(context);
  const first = await context.newPage();
  const once = await visit(first);
  if (once.wasm === 0) {
    throw new Error("the first visit came without its wasm");
  }
  await first.close();
  const again = await context.newPage();
  return { first: once, second: await visit(again) };
}

async function visit(page: Page): Promise<Visit> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const kinds = new Map<string, { kind: string; url: string }>();
  const sum: Visit = { total: 0, wasm: 0, html: 0, script: 0, style: 0, requests: 0 };
  const underWay = new Set<string>();
  let last = Date.now();
  session.on("Network.requestWillBeSent", ({ requestId, type, request }) => {
    underWay.add(requestId);
    kinds.set(requestId, { kind: type ?? "Other", url: request.url });
  });
  session.on("Network.loadingFailed", ({ requestId }) => {
    underWay.delete(requestId);
    last = Date.now();
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    underWay.delete(requestId);
    last = Date.now();
    const { kind, url } = kinds.get(requestId) ?? { kind: "Other", url: "" };
    sum.total += encodedDataLength;
    sum.requests += encodedDataLength > 0 ? 1 : 0;
    if (url.endsWith(".wasm")) {
      sum.wasm += encodedDataLength;
    } else if (kind === "Document") {
      sum.html += encodedDataLength;
    } else if (kind === "Script") {
      sum.script += encodedDataLength;
    } else if (kind === "Stylesheet") {
      sum.style += encodedDataLength;
    }
  });
  await page.goto("/tasks");
  const began = Date.now();
  while (underWay.size > 0 || Date.now() - last < QUIET) {
    if (Date.now() - began > LIMIT) {
      throw new Error(`still under way: ${[...underWay].map((id) => kinds.get(id)?.url).join(", ")}`);
    }
    await setTimeout(QUIET / 10);
  }
  return sum;
}
