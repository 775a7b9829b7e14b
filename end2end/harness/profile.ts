// Which functions of the wasm run, for `cargo xtask profile`: its wasm has a global for each, which is 1 once it has run.

import { appendFile } from "node:fs/promises";

import type { BrowserContext, Page } from "@playwright/test";

/** Before the name of a function: the name of its global. */
const MARK = "ran:";

declare global {
  interface Window {
    wasmExports?: WebAssembly.Exports;
  }
}

function keepExports(): void {
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (...all) => {
    const made = await instantiateStreaming(...all);
    window.wasmExports = made.instance.exports;
    return made;
  };
}

/** Has every page of `context` be looked at before it goes. */
export async function profileIn(context: BrowserContext, file: string): Promise<void> {
  await context.addInitScript(keepExports);
  context.on("page", (page) => {
    const { goto, reload } = page;
    page.goto = async (...all) => {
      await writeRan(page, file);
      return goto.apply(page, all);
    };
    page.reload = async (...all) => {
      await writeRan(page, file);
      return reload.apply(page, all);
    };
  });
}

/** Adds what has run in `page` to the file. */
export async function writeRan(page: Page, file: string): Promise<void> {
  const ran = await page.evaluate((mark) => {
    const all = Object.entries((window.wasmExports ?? {}) as Record<string, WebAssembly.Global>);
    return all.filter(([name, { value }]) => name.startsWith(mark) && value === 1).map(([name]) => name.slice(mark.length));
  }, MARK);
  await appendFile(file, ran.map((name) => `${name}\n`).join(""));
}
