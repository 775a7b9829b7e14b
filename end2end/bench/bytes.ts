// What goes over the wire when somebody comes to their tasks for the first time, and when they come again.

import type { BrowserContext, Page } from "@playwright/test";

interface Visit {
  total: number;
  wasm: number;
  html: number;
  script: number;
  style: number;
  requests: number;
}

export async function visits(context: BrowserContext): Promise<{ first: Visit; second: Visit }> {
  const first = await context.newPage();
  const once = await visit(first);
  await first.close();
  const again = await context.newPage();
  return { first: once, second: await visit(again) };
}

async function visit(page: Page): Promise<Visit> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const kinds = new Map<string, { kind: string; url: string }>();
  const sum: Visit = { total: 0, wasm: 0, html: 0, script: 0, style: 0, requests: 0 };
  session.on("Network.requestWillBeSent", ({ requestId, type, request }) => {
    kinds.set(requestId, { kind: type ?? "Other", url: request.url });
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
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
  await page.goto("/tasks", { waitUntil: "networkidle" });
  return sum;
}
