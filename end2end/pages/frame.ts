// What stands around every page: header, footer with the theme picker, toasts.

import type { Locator, Page } from "@playwright/test";

export type Theme = "System" | "Light" | "Dark";

export class Frame {
  readonly page: Page;
  readonly heading: Locator;
  readonly main: Locator;
  readonly home: Locator;
  readonly skipLink: Locator;
  readonly themes: Locator;
  readonly messages: Locator;
  readonly errors: Locator;

  constructor(page: Page) {
    this.page = page;
    this.heading = page.getByRole("heading", { level: 1 });
    this.main = page.getByRole("main");
    this.home = page.getByRole("banner").getByRole("link", { name: "Donewell" });
    this.skipLink = page.getByRole("link", { name: "Skip to content" });
    this.themes = page.getByRole("group", { name: "Theme" });
    const toasts = page.getByRole("region", { name: "Notifications" });
    this.messages = toasts.getByRole("status");
    this.errors = toasts.getByRole("alert");
  }

  theme(name: Theme): Locator {
    return this.themes.getByRole("button", { name });
  }

  /** The colour that the page stands on. */
  ground(): Promise<string> {
    return this.page.evaluate(() => {
      const coloured = [document.body, document.documentElement]
        .map((element) => getComputedStyle(element).backgroundColor)
        .find((colour) => colour !== "rgba(0, 0, 0, 0)");
      return coloured ?? "none";
    });
  }
}
