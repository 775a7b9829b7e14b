// Ticking tasks off: how soon it shows, and what a thousand times leave behind.

import type { BrowserContext, CDPSession, Locator, Page } from "@playwright/test";

import { alive } from "./alive.ts";

export interface Toggles {
  /** From the click or the key to after the frame that shows the change. */
  milliseconds: number[];
  /** How many frames had to begin until the change stood in the document: 1 is the very next. */
  frames: number[];
}

export interface ByHand {
  clicks: Toggles;
  keys: Toggles;
}

/** By mouse and by key, so many each. */
export async function toggles(context: BrowserContext, count: number): Promise<ByHand> {
  const page = await alive(context, "/tasks");
  return byHand(page, count);
}

export async function byHand(page: Page, count: number): Promise<ByHand> {
  const clicks = await each(page, count, "click", (check) => check.click());
  const keys = await each(page, count, "keydown", async (check) => {
    await check.focus();
    await page.keyboard.press("x");
  });
  return { clicks, keys };
}

/** The first open task, again and again: each is done then, and another one the first. */
async function each(
  page: Page,
  count: number,
  event: "click" | "keydown",
  toggle: (check: Locator) => Promise<void>,
): Promise<Toggles> {
  const found: Toggles = { milliseconds: [], frames: [] };
  while (found.frames.length < count) {
    const row = page.locator("[data-task]:not([data-done])").first();
    const id = await row.getAttribute("data-task");
    if (!id) {
      throw new Error(`there are no more than ${found.frames.length} open tasks`);
    }
    const shown = page.evaluate(watch, { id, event });
    await toggle(row.getByRole("checkbox"));
    const { milliseconds, frames } = await shown;
    found.milliseconds.push(milliseconds);
    found.frames.push(frames);
  }
  return found;
}

/** Runs in the page. */
function watch({ id, event }: { id: string; event: string }): Promise<{ milliseconds: number; frames: number }> {
  return new Promise((resolve) => {
    const before = `[data-task="${id}"]:not([data-done])`;
    const begin = (event: Event) => {
      let frames = 0;
      const look = () => {
        frames += 1;
        if (document.querySelector(before) && frames < 600) {
          requestAnimationFrame(look);
          return;
        }
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve({ milliseconds: performance.now() - event.timeStamp, frames });
        port2.postMessage(undefined);
      };
      requestAnimationFrame(look);
    };
    window.addEventListener(event, begin, { capture: true, once: true });
  });
}

interface Held {
  heap: number;
  wasm: number;
  nodes: number;
  listeners: number;
}

const WARM_UP = 200;
const COUNT = 1_000;

/** What the page holds before and after a thousand toggles of the same task, to and fro. */
export async function leak(context: BrowserContext): Promise<{ before: Held; after: Held; count: number }> {
  await context.addInitScript(keepMemory);
  const page = await alive(context, "/tasks?status=all");
  const session = await context.newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await many(page, WARM_UP);
  const before = await held(page, session);
  await many(page, COUNT);
  return { before, after: await held(page, session), count: COUNT };
}

async function many(page: Page, count: number): Promise<void> {
  await page.evaluate(async (count) => {
    const id = document.querySelector("[data-task]")?.getAttribute("data-task");
    for (let toggle = 0; toggle < count; toggle += 1) {
      const row = document.querySelector(`[data-task="${id}"]`);
      const isDone = row?.hasAttribute("data-done");
      row?.querySelector<HTMLElement>("[role=checkbox]")?.click();
      const changed = () => document.querySelector(`[data-task="${id}"]`)?.hasAttribute("data-done") !== isDone;
      for (let frames = 0; !changed() && frames < 300; frames += 1) {
        await new Promise(requestAnimationFrame);
      }
      if (!changed()) {
        throw new Error(`toggle ${toggle} did not show`);
      }
    }
  }, count);
  // What waits to be sent is sent, and what was said of it has gone.
  await page.evaluate(async () => {
    const isQuiet = () =>
      !Object.keys(localStorage).some((key) => key.startsWith("donewell.outbox.")) &&
      document.querySelector(".toasts")?.textContent === "";
    for (let frames = 0; !isQuiet(); frames += 1) {
      if (frames === 3_600) {
        throw new Error("the toggles were not sent within a minute");
      }
      await new Promise(requestAnimationFrame);
    }
  });
}

async function held(page: Page, session: CDPSession): Promise<Held> {
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  const wasm = await page.evaluate(() => window.wasmMemory?.buffer.byteLength);
  if (!wasm) {
    throw new Error("nobody knows where the wasm's memory is");
  }
  return { heap: usedSize, wasm, nodes, listeners: jsEventListeners };
}

declare global {
  interface Window {
    wasmMemory?: WebAssembly.Memory;
  }
}

/** Runs in the page, before its own scripts. */
function keepMemory(): void {
  const { instantiateStreaming, instantiate } = WebAssembly;
  const kept = <T>(made: T): T => {
    const instance = made instanceof WebAssembly.Instance ? made : (made as { instance?: WebAssembly.Instance }).instance;
    const memory = instance?.exports["memory"];
    if (memory instanceof WebAssembly.Memory) {
      window.wasmMemory = memory;
    }
    return made;
  };
  WebAssembly.instantiateStreaming = async (...all) => kept(await instantiateStreaming(...all));
  WebAssembly.instantiate = (async (...all: Parameters<typeof instantiate>) =>
    kept(await instantiate(...all))) as typeof WebAssembly.instantiate;
}
