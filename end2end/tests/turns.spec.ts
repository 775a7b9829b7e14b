// A page comes alive in two turns. What is done between them is the browser's still.

import { expect, test } from "../fixtures.ts";
import { hydration } from "../harness/hydration.ts";
import { freeTurns, heldTurn, holdTurns } from "../harness/timers.ts";
import { Frame } from "../pages/frame.ts";

test("a link leads where it says", async ({ page }) => {
  await holdTurns(page);
  // It would wait for the page to be alive.
  void page.goto("/login").catch(() => undefined);
  await heldTurn(page, "/login");
  await page.locator("main a[href='/signup']").click();
  await heldTurn(page, "/signup");
  await freeTurns(page);
  await hydration(page);
  await expect(new Frame(page).heading).toHaveText("Sign up");
});

test("a step back shows the page that it leads to", async ({ page }) => {
  const { heading } = new Frame(page);
  await page.goto("/login");
  await page.locator("main a[href='/signup']").click();
  await expect(heading).toHaveText("Sign up");
  await holdTurns(page);
  void page.reload().catch(() => undefined);
  await heldTurn(page, "/signup");
  void page.goBack().catch(() => undefined);
  await heldTurn(page, "/login");
  await freeTurns(page);
  await hydration(page);
  await expect(heading).toHaveText("Sign in");
});
