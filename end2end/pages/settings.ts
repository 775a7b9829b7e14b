// `/settings`.

import type { Locator, Page } from "@playwright/test";

import { Frame } from "./frame.ts";

export class SettingsPage extends Frame {
  readonly profile: Locator;
  readonly email: Locator;
  readonly password: Locator;
  readonly sessions: Locator;
  readonly activity: Locator;
  readonly data: Locator;
  readonly deletion: Locator;

  constructor(page: Page) {
    super(page);
    const section = (name: string) => page.getByRole("region", { name, exact: true });
    this.profile = section("Profile");
    this.email = section("Email");
    this.password = section("Password");
    this.sessions = section("Where you're signed in");
    this.activity = section("Activity");
    this.data = section("Your data");
    this.deletion = section("Delete the account");
  }

  open(): Promise<unknown> {
    return this.page.goto("/settings");
  }

  async changePassword(current: string, next: string): Promise<void> {
    await this.password.getByLabel("Current password", { exact: true }).fill(current);
    await this.password.getByLabel("New password", { exact: true }).fill(next);
    await this.password.getByRole("button", { name: "Change the password" }).click();
  }

  async deleteAccount(password: string, confirmation: string): Promise<void> {
    await this.deletion.getByText("Delete my account").click();
    await this.deletion.getByLabel("Current password", { exact: true }).fill(password);
    await this.deletion.getByLabel("Your address, to confirm").fill(confirmation);
    await this.deletion.getByRole("button", { name: "Delete it for good" }).click();
  }
}
