// Every part of the interface in every state. Debug builds only.

import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../harness/accessibility.ts";
import { fireLongTimers, holdLongTimers } from "../harness/timers.ts";
import { StyleguidePage } from "../pages/styleguide.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });

test("axe finds nothing on any part", async ({ page }) => {
  const guide = new StyleguidePage(page);
  await guide.open();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
});

test("axe finds nothing on toasts and dialog", async ({ page }) => {
  const guide = new StyleguidePage(page);
  await guide.open();
  await guide.overlay("Show a toast with an action").click();
  await guide.overlay("Show an error").click();
  await expect(guide.errors).toContainText("We can't reach our database.");
  await guide.messages.getByRole("button", { name: "Undo" }).hover();
  await expectAccessible(page);
  await guide.overlay("Open a dialog").click();
  await expect(guide.dialog).toBeVisible();
  await expectAccessible(page);
});

test("the style guide fits every width", async ({ page }) => {
  await new StyleguidePage(page).open();
  for (const width of [320, 390, 768, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wide, `px too wide at ${width} px`).toBeLessThanOrEqual(0);
  }
});

test("a toast goes by itself, and an error speaks up", async ({ page }) => {
  await holdLongTimers(page);
  const guide = new StyleguidePage(page);
  await guide.open();
  await guide.overlay("Show a success").click();
  await guide.overlay("Show an error").click();
  await expect(guide.messages).toContainText("Saved.");
  await expect(guide.errors).toContainText("We can't reach our database.");
  await fireLongTimers(page);
  await expect(guide.messages).toBeEmpty();
  await expect(guide.errors).toBeEmpty();
});

test("a toast stays while it is pointed at or has the focus", async ({ page }) => {
  await holdLongTimers(page);
  const guide = new StyleguidePage(page);
  await guide.open();
  await guide.overlay("Show a toast with an action").click();
  const undo = guide.messages.getByRole("button", { name: "Undo" });
  await undo.hover();
  await fireLongTimers(page);
  await expect(guide.messages).toContainText("Task deleted.");

  await undo.focus();
  await guide.heading.hover();
  await fireLongTimers(page);
  await expect(guide.messages).toContainText("Task deleted.");

  await undo.blur();
  await fireLongTimers(page);
  await expect(guide.messages).toBeEmpty();
});

test("a toast is closed by its button, and its action is taken", async ({ page }) => {
  const guide = new StyleguidePage(page);
  await guide.open();
  await guide.overlay("Show a success").click();
  await guide.messages.getByRole("button", { name: "Close" }).click();
  await expect(guide.messages).toBeEmpty();
  await guide.overlay("Show a toast with an action").click();
  await guide.messages.getByRole("button", { name: "Undo" }).click();
  await expect(guide.messages).not.toContainText("Task deleted.");
  await expect(guide.messages).toContainText("It is back.");
});

test("the fourth toast takes the place of the first", async ({ page }) => {
  const guide = new StyleguidePage(page);
  await guide.open();
  const shown = page.getByRole("button", { name: "Close" }).and(guide.page.locator(".toast *"));
  for (const name of ["Show a success", "Show a toast", "Show a toast", "Show an error"]) {
    await guide.overlay(name).click();
  }
  await expect(shown).toHaveCount(3);
  await expect(guide.messages).not.toContainText("Saved.");
});

test("a dialog takes the focus, keeps it, and gives it back", async ({ page }) => {
  const guide = new StyleguidePage(page);
  await guide.open();
  const opener = guide.overlay("Open a dialog");
  await opener.focus();
  await page.keyboard.press("Enter");
  await expect(guide.dialog).toBeVisible();
  await expect(guide.dialog.locator(":focus")).toHaveCount(1);
  // Past the last stop the focus may leave for the browser's own controls, never for the page behind.
  const behind = guide.main.locator(":focus:not(dialog *)");
  for (let stops = 0; stops < 5; stops += 1) {
    await page.keyboard.press("Tab");
    await expect(behind).toHaveCount(0);
  }
  await page.keyboard.press("Escape");
  await expect(guide.dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test("a dialog is closed by its buttons and by a click beside it, and opens again", async ({
  page,
}) => {
  const guide = new StyleguidePage(page);
  await guide.open();
  for (const close of [
    () => guide.dialog.getByRole("button", { name: "Close" }).click(),
    () => guide.dialog.getByRole("button", { name: "Cancel" }).click(),
    () => page.mouse.click(5, 5),
  ]) {
    await guide.overlay("Open a dialog").click();
    await expect(guide.dialog).toBeVisible();
    await guide.dialog.getByText("They can be restored").click();
    await expect(guide.dialog).toBeVisible();
    await close();
    await expect(guide.dialog).toBeHidden();
  }
});

test("checks turn, but not while they are pending", async ({ page }) => {
  const guide = new StyleguidePage(page);
  await guide.open();
  const open = guide.light.getByRole("checkbox", { name: "Open" });
  await open.click();
  await expect(open).toBeChecked();
  await open.press("Space");
  await expect(open).not.toBeChecked();
  const pending = guide.light.getByRole("checkbox", { name: "Pending" });
  await expect(pending).toHaveAttribute("aria-disabled", "true");
});

test("a field says what is wrong with it, and is named by its label", async ({ page }) => {
  const guide = new StyleguidePage(page);
  await guide.open();
  const email = guide.light.getByRole("textbox", { name: "Email" });
  await expect(email).toHaveAttribute("aria-invalid", "true");
  await expect(email).toHaveAccessibleDescription(/That is no email address\./);
  await expect(guide.light.getByRole("textbox", { name: "Name" })).not.toHaveAttribute(
    "aria-invalid",
    "true",
  );
  await expect(guide.light.getByLabel("Password", { exact: true })).toHaveAttribute(
    "type",
    "password",
  );
  await expect(guide.light.getByRole("textbox", { name: "Disabled" })).toBeDisabled();
});

test("what stands in a field of several lines is text, whatever it says", async ({
  page,
  plainPage,
}) => {
  const hostile = "</textarea><b>first</b>\nsecond";
  for (const visitor of [page, plainPage]) {
    const guide = new StyleguidePage(visitor);
    await guide.open();
    await expect(guide.light.locator("b")).toHaveCount(0);
  }
  const field = new StyleguidePage(page).light.getByRole("textbox", { name: "Several lines" });
  await expect(field).toHaveValue(hostile);
});
