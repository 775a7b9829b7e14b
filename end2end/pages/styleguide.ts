// `/styleguide`, which only debug builds have.

import type { Locator, Page } from "@playwright/test";

import { Frame } from "./frame.ts";

export class StyleguidePage extends Frame {
  readonly light: Locator;
  readonly dark: Locator;
  readonly dialog: Locator;

  constructor(page: Page) {
    super(page);
    this.light = page.getByRole("region", { name: "Light" });
    this.dark = page.getByRole("region", { name: "Dark" });
    this.dialog = page.getByRole("dialog", { name: "Delete this list?" });
  }

  open(): Promise<unknown> {
    return this.page.goto("/styleguide");
  }

  /** One of the buttons that show what lies over the page. */
  overlay(name: string): Locator {
    return this.page
      .getByRole("region", { name: "Overlays" })
      .getByRole("button", { name, exact: true });
  }
}
