// Any address at which there is nothing.

import type { Locator, Page } from "@playwright/test";

import { Frame } from "./frame.ts";

export class NotFoundPage extends Frame {
  static readonly path = "/no/such/page";
  readonly wayHome: Locator;

  constructor(page: Page) {
    super(page);
    this.wayHome = page.getByRole("link", { name: "Back to the start" });
  }
}
