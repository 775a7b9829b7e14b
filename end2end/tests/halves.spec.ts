// The wasm comes in two files: the task page is alive with the first, the second follows when it is touched.

import { expect, test, type Page } from "../fixtures.ts";
import { signUp } from "../harness/people.ts";
import { addTask, tasksOf } from "../harness/tasks.ts";
import { SettingsPage } from "../pages/settings.ts";
import { TasksPage } from "../pages/tasks.ts";

const REST = /\/pkg\/donewell-rest\.\w+\.wasm$/;

/** How often the second file has been asked for. */
function countRest(page: Page): () => number {
  let count = 0;
  page.on("request", (request) => (count += REST.test(request.url()) ? 1 : 0));
  return () => count;
}

/** Without a pointer that moves there. */
async function toSettings(page: Page): Promise<void> {
  await page.evaluate(() => document.querySelector<HTMLElement>('a[href="/settings"]')?.click());
}

test("the task page is alive without the second file, which comes when it is touched", async ({ page }) => {
  await signUp(page);
  const rest = countRest(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await page.waitForLoadState("networkidle");
  expect(rest()).toBe(0);
  await page.mouse.move(100, 100);
  await expect.poll(rest).toBe(1);
  await page.mouse.move(200, 200);
  await page.keyboard.press("Tab");
  await tasks.add("Buy milk");
  await toSettings(page);
  await expect(new SettingsPage(page).heading).toBeVisible();
  expect(rest()).toBe(1);
});

test("who is quicker than the second file gets it at once", async ({ page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  // The first to ask for it never gets an answer; the page, which has to wait, is the second.
  let isFirst = true;
  await page.route(REST, async (route) => {
    if (isFirst) {
      isFirst = false;
    } else {
      await route.continue();
    }
  });
  await toSettings(page);
  await expect(new SettingsPage(page).heading).toBeVisible();
});

test("what is done every day needs no second file", async ({ page, problems }) => {
  problems.expect(/no answer|Failed to load resource/);
  await signUp(page);
  await addTask(page, { title: "Bread" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await page.route(REST, (route) => route.abort("internetdisconnected"));
  await tasks.add("Buy milk");
  await tasks.check("Buy milk").click();
  await tasks.delete("Bread");
  await tasks.toasts.getByRole("button", { name: "Undo" }).first().click();
  await expect(tasks.title("Bread")).toBeVisible();
  await expect
    .poll(async () => (await tasksOf(page)).map(({ title, completed_at }) => [title, completed_at !== null]))
    .toEqual([
      ["Bread", false],
      ["Buy milk", true],
    ]);
  await expect(page.locator("#lost")).toBeHidden();
});

test("a page that cannot get the second file says so, and how to go on", async ({ page, problems }) => {
  problems.expect(/no answer|Failed to load resource|uncaught: NetworkError/);
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await page.route(REST, (route) => route.abort("internetdisconnected"));
  await toSettings(page);
  const lost = page.getByRole("alert").filter({ hasText: "A part of this page could not be loaded." });
  await expect(lost).toBeVisible();
  await page.unroute(REST);
  await lost.getByRole("link", { name: "Reload the page" }).click();
  await expect(tasks.heading.or(new SettingsPage(page).heading)).toBeVisible();
  await expect(lost).toBeHidden();
});
