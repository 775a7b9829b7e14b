// The page that documents the API: rendered by the server, without a script.

import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../harness/accessibility.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });

test("axe finds nothing on the API's document", async ({ page }) => {
  await page.goto("/api/docs");
  await expect(page.getByRole("heading", { name: "The API" })).toBeVisible();
  await expectAccessible(page);
});

test("the API's document fits on a phone, and leads to its parts", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/api/docs");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.getByRole("link", { name: "A new task." }).click();
  await expect(page.getByRole("heading", { name: "A new task" })).toBeInViewport();
  await page.goto("/api/docs#TASK_NOT_FOUND");
  await expect(page.getByText("TASK_NOT_FOUND", { exact: true }).last()).toBeInViewport();
});
