// `/`, with the example row that anybody may tick.

import { expect, type Locator, type Page } from "@playwright/test";

import { Frame } from "./frame.ts";

export const SET_EXAMPLE_DONE = "/fn/landing/set-example-done";

export class LandingPage extends Frame {
  readonly example: Locator;
  readonly count: Locator;
  readonly noCount: Locator;
  readonly run: Locator;

  constructor(page: Page) {
    super(page);
    this.example = page.getByRole("checkbox", { name: "Tick this off" });
    this.count = page.getByText(/ticked it off/);
    this.noCount = page.getByText(/We can't count right now/);
    this.run = page.getByRole("region", { name: "Run your own" });
  }

  open(): Promise<unknown> {
    return this.page.goto("/");
  }

  /** How many visitors the page says have ticked the example. */
  async doneBy(): Promise<number> {
    const [who = ""] =
      (await this.count.innerText()).match(/\b(Nobody|One|[\d,]+)(?= (visitors? )?ha)/) ?? [];
    const words: Record<string, number> = { Nobody: 0, One: 1 };
    return words[who] ?? Number.parseInt(who.replaceAll(",", ""), 10);
  }

  async expectDoneBy(wanted: number): Promise<void> {
    await expect.poll(() => this.doneBy(), "visitors who have ticked the example").toBe(wanted);
  }
}
