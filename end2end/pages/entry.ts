// What the pages to sign in, up and around have in common, and the account menu of every page.

import type { Locator, Page } from "@playwright/test";

import type { Person } from "../harness/people.ts";
import { Frame } from "./frame.ts";

export class EntryPage extends Frame {
  readonly name: Locator;
  readonly email: Locator;
  readonly password: Locator;
  readonly newPassword: Locator;
  readonly remember: Locator;
  /** What is wrong with the form as a whole. */
  readonly refusal: Locator;

  constructor(page: Page) {
    super(page);
    this.name = this.main.getByLabel("Name", { exact: true });
    this.email = this.main.getByLabel("Email", { exact: true });
    this.password = this.main.getByLabel("Password", { exact: true });
    this.newPassword = this.main.getByLabel("New password", { exact: true });
    this.remember = this.main.getByRole("checkbox", { name: "Remember me" });
    this.refusal = this.main.getByRole("alert");
  }

  button(name: string): Locator {
    return this.main.getByRole("button", { name, exact: true });
  }

  link(name: string): Locator {
    return this.main.getByRole("link", { name, exact: true });
  }
}

export class SignupPage extends EntryPage {
  open(query = ""): Promise<unknown> {
    return this.page.goto(`/signup${query}`);
  }

  async send({ name, email, password }: Person): Promise<void> {
    await this.name.fill(name);
    await this.email.fill(email);
    await this.password.fill(password);
    await this.button("Sign up").click();
  }
}

export class LoginPage extends EntryPage {
  open(query = ""): Promise<unknown> {
    return this.page.goto(`/login${query}`);
  }

  async send({ email, password }: Pick<Person, "email" | "password">): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
    await this.button("Sign in").click();
  }
}

export class AccountMenu {
  readonly button: Locator;
  readonly panel: Locator;
  readonly signOut: Locator;
  readonly settings: Locator;
  readonly signIn: Locator;

  constructor(page: Page) {
    const header = page.getByRole("banner");
    this.button = header.getByRole("button", { name: /^Account of / });
    this.panel = page.locator("#account-menu");
    this.signOut = this.panel.getByRole("button", { name: "Sign out" });
    this.settings = this.panel.getByRole("link", { name: "Settings" });
    this.signIn = header.getByRole("link", { name: "Sign in" });
  }

  async leave(): Promise<void> {
    await this.button.click();
    await this.signOut.click();
  }
}
