// `/tasks`.

import type { Locator, Page } from "@playwright/test";

import { Frame } from "./frame.ts";

export class TasksPage extends Frame {
  readonly newTask: Locator;
  readonly open: Locator;
  readonly done: Locator;
  readonly search: Locator;
  readonly order: Locator;
  readonly details: Locator;
  readonly waiting: Locator;
  readonly toasts: Locator;

  constructor(page: Page) {
    super(page);
    this.newTask = page.getByRole("textbox", { name: "New task" });
    this.open = page.getByRole("list", { name: "Open" });
    this.done = page.getByRole("list", { name: "Done" });
    this.search = page.getByRole("searchbox", { name: "Search" });
    this.order = page.getByRole("combobox", { name: "Order" });
    this.details = page.getByRole("dialog", { name: "Task", exact: true });
    this.waiting = page.locator("main").getByRole("status");
    this.toasts = page.getByRole("region", { name: "Notifications" });
  }

  visit(query = ""): Promise<unknown> {
    return this.page.goto(`/tasks${query}`);
  }

  async add(...titles: string[]): Promise<void> {
    for (const title of titles) {
      await this.newTask.fill(title);
      await this.newTask.press("Enter");
    }
  }

  row(title: string): Locator {
    return this.page
      .getByRole("listitem")
      .filter({ has: this.page.getByRole("link", { name: title, exact: true }) });
  }

  title(title: string): Locator {
    return this.page.getByRole("link", { name: title, exact: true });
  }

  check(title: string): Locator {
    return this.page.getByRole("checkbox", { name: title, exact: true });
  }

  filter(name: "All" | "Open" | "Done"): Locator {
    return this.page.getByRole("navigation", { name: "Filters" }).getByRole("link", { name });
  }

  async delete(title: string): Promise<void> {
    await this.row(title).hover();
    await this.page.getByRole("button", { name: `Delete ${title}`, exact: true }).click();
  }

  /** The titles of a list, from the top. */
  titles(list: Locator): Promise<string[]> {
    return list.locator(".row-title").allTextContents();
  }
}
