// The wasm comes in two files: the task page is alive with the first, the second follows.

import { expect, test, type Page } from "../fixtures.ts";
import { signUp } from "../harness/people.ts";
import { addTask, tasksOf } from "../harness/tasks.ts";
import { fireLongTimers, holdLongTimers } from "../harness/timers.ts";
import { SettingsPage } from "../pages/settings.ts";
import { TasksPage } from "../pages/tasks.ts";

const REST = /\/pkg\/donewell-rest\.\w+\.wasm$/;

/** How often the second file has been asked for. */
function countRest(page: Page): () => number {
  let count = 0;
  page.on("request", (request) => (count += REST.test(request.url()) ? 1 : 0));
  return () => count;
}

/** How often the page has had to wait for it. */
function countWaits(page: Page): () => number {
  let count = 0;
  page.on("request", (request) => {
    count += REST.test(request.url()) && request.resourceType() === "xhr" ? 1 : 0;
  });
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
  const isThere = page.waitForResponse(REST).then((response) => response.finished());
  await page.mouse.move(100, 100);
  await isThere;
  expect(rest()).toBe(1);
  await page.mouse.move(200, 200);
  await page.keyboard.press("Tab");
  await tasks.add("Buy milk");
  await toSettings(page);
  await expect(new SettingsPage(page).heading).toBeVisible();
  expect(rest()).toBe(1);
});

test.describe("far from UTC", () => {
  test.use({ timezoneId: "Australia/Adelaide" });

  test("nor do tasks of all sorts need it, until the page has been open for a while", async ({ page }) => {
    await signUp(page);
    await addTask(page, { title: "Late", due_date: "2020-01-01" });
    await addTask(page, { title: 'Brötchen 🥐 "vom Bäcker" \\', description: "Two,\nor three" });
    const rest = countRest(page);
    const waits = countWaits(page);
    await holdLongTimers(page);
    const tasks = new TasksPage(page);
    await tasks.visit();
    await page.waitForLoadState("networkidle");
    expect(rest()).toBe(0);
    await fireLongTimers(page);
    await expect.poll(rest).toBe(1);
    expect(waits()).toBe(0);
  });
});

test("where more of the list is to come it is there before", async ({ page }) => {
  await signUp(page);
  for (let count = 0; count < 51; count += 1) {
    await addTask(page, { title: `Task ${count}` });
  }
  const rest = countRest(page);
  const waits = countWaits(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await page.waitForLoadState("networkidle");
  expect([rest(), waits()]).toEqual([1, 0]);
});

test("who is quicker than the second file gets it at once", async ({ page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  // Who asks for it beforehand never gets an answer; only the page that has to wait does.
  await page.route(REST, async (route) => {
    if (route.request().resourceType() === "xhr") {
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
