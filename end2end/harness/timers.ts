// Timers of a second or more, which wait for the test instead of the time. Playwright's own clock is of no
// use here: its timer ids do not fit the 32 bits that wasm keeps them in.

import type { Page } from "@playwright/test";

declare global {
  interface Window {
    fireTimers?: () => void;
    heldTurns?: (() => void)[];
    freeTurns?: () => void;
  }
}

function holdTimers(): void {
  const { setTimeout, clearTimeout } = window;
  const held = new Map<number, () => void>();
  let newest = 1_000_000;
  const hold = (work: () => void, delay = 0) => {
    if (delay < 1000) {
      return setTimeout.call(window, work, delay);
    }
    newest += 1;
    held.set(newest, work);
    return newest;
  };
  window.setTimeout = hold as typeof window.setTimeout;
  window.clearTimeout = (id) => {
    if (!held.delete(Number(id))) {
      clearTimeout.call(window, id);
    }
  };
  const { setInterval } = window;
  const repeated: (() => void)[] = [];
  const repeat = (work: () => void, delay = 0) =>
    delay < 1000 ? setInterval.call(window, work, delay) : -repeated.push(work);
  window.setInterval = repeat as typeof window.setInterval;
  window.fireTimers = () => {
    const due = [...held.values(), ...repeated];
    held.clear();
    due.forEach((work) => work());
  };
}

/** To be called before the page is opened. */
export function holdLongTimers(page: Page): Promise<unknown> {
  return page.addInitScript(holdTimers);
}

/** As if enough time had passed for all of them. */
export function fireLongTimers(page: Page): Promise<void> {
  return page.evaluate(() => {
    if (!window.fireTimers) {
      throw new Error("the page's timers are not held");
    }
    window.fireTimers();
  });
}

function holdZeroTimers(): void {
  const { setTimeout } = window;
  const turns: (() => void)[] = [];
  const hold = (work: () => void, delay = 0) =>
    delay > 0 ? setTimeout.call(window, work, delay) : -turns.push(work);
  window.setTimeout = hold as typeof window.setTimeout;
  window.heldTurns = turns;
  window.freeTurns = () => {
    window.setTimeout = setTimeout;
    turns.splice(0).forEach((work) => work());
  };
}

/** To be called before the page is opened: what it does in a turn of its own waits for the test. */
export function holdTurns(page: Page): Promise<unknown> {
  return page.addInitScript(holdZeroTimers);
}

/** Waits for the page of that address, and for what it wants to do next. */
export async function heldTurn(page: Page, path: string): Promise<void> {
  await page.waitForFunction((path) => location.pathname === path && window.heldTurns?.length, path);
}

/** Only the next one; what it asks for waits again. */
export async function nextTurn(page: Page): Promise<void> {
  await page.evaluate(() => window.heldTurns?.shift()?.());
}

export function freeTurns(page: Page): Promise<void> {
  return page.evaluate(() => window.freeTurns?.());
}
