// Signing out, here and in the other tabs.

import { expect, test } from "../fixtures.ts";
import { signUp } from "../harness/people.ts";
import { AccountMenu, EntryPage } from "../pages/entry.ts";

test("who signs out is signed out, and stays so", async ({ page }) => {
  const { name, email } = await signUp(page);
  await page.goto("/tasks");
  const menu = new AccountMenu(page);
  await expect(menu.panel).toBeHidden();
  await menu.button.click();
  await expect(menu.panel).toContainText(name);
  await expect(menu.panel).toContainText(email);
  await menu.signOut.click();
  await expect(page).toHaveURL("/");
  await expect(menu.signIn).toBeVisible();
  await expect(menu.button).toHaveCount(0);

  await page.goto("/tasks");
  await expect(page).toHaveURL("/login?next=/tasks");
});

test("without scripts who signs out is signed out", async ({ plainPage }) => {
  await signUp(plainPage);
  await plainPage.goto("/settings");
  const menu = new AccountMenu(plainPage);
  await menu.leave();
  await expect(plainPage).toHaveURL("/");
  await expect(menu.signIn).toBeVisible();
});

test("the menu opens, closes and leads on by the keyboard", async ({ page }) => {
  await signUp(page);
  await page.goto("/tasks");
  const menu = new AccountMenu(page);
  await menu.button.focus();
  await page.keyboard.press("Enter");
  await expect(menu.panel).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu.panel).toBeHidden();
  await expect(menu.button).toBeFocused();

  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(menu.settings).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/settings");
  await expect(menu.panel).toBeHidden();
  await expect(new EntryPage(page).heading).toBeFocused();
});

test("the other tabs are signed out too", async ({ page, context }) => {
  await signUp(page);
  const other = await context.newPage();
  const open = await context.newPage();
  await page.goto("/tasks");
  await other.goto("/settings?a=1");
  await open.goto("/verify-email?done=true");
  await new AccountMenu(page).leave();
  await expect(page).toHaveURL("/");

  await expect(other).toHaveURL("/login?next=/settings%3Fa%3D1");
  await expect(new EntryPage(other).messages).toContainText("You signed out in another tab.");
  await expect(new AccountMenu(other).signIn).toBeVisible();

  // A page that anybody may see stays.
  await expect(new AccountMenu(open).signIn).toBeVisible();
  await expect(open).toHaveURL("/verify-email?done=true");
});

test("after signing out, the way back shows nothing", async ({ page }) => {
  await signUp(page);
  await page.goto("/settings");
  await new AccountMenu(page).leave();
  await expect(page).toHaveURL("/");
  await page.goBack();
  await expect(page).toHaveURL(/\/login\?next=/);
  await expect(page.getByText("Where you're signed in")).toHaveCount(0);
});
