// axe on the list in its states, in either theme, on a desk and on a phone; and the hands of a phone.

import { expect, test } from "../../fixtures.ts";
import { expectAccessible } from "../../harness/accessibility.ts";
import { signUp } from "../../harness/people.ts";
import { addTask, setCompleted } from "../../harness/tasks.ts";
import { TasksPage } from "../../pages/tasks.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

test("axe finds nothing on a list, its details and its help", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Overdue", due_date: "2020-01-01", description: "With a note" });
  const done = await addTask(page, { title: "Done" });
  await setCompleted(page, done.id, true);
  const task = await addTask(page, { title: "Without a date" });
  const tasks = new TasksPage(page);
  for (const viewport of [DESK, PHONE]) {
    await page.setViewportSize(viewport);
    await tasks.visit();
    await expectAccessible(page);
    await tasks.row("Overdue").hover();
    await expectAccessible(page);
    await page.goto(`/tasks/${task.id}`);
    await expect(tasks.details).toBeVisible();
    await expectAccessible(page);
  }
  await page.setViewportSize(DESK);
  await tasks.visit("?q=nothing");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Keyboard" }).click();
  await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
  await expectAccessible(page);
});

test.describe("by touch", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: PHONE });

  test("a row's actions open from its button, and targets are large enough", async ({ page }) => {
    await signUp(page);
    await addTask(page, { title: "Buy milk" });
    await addTask(page, { title: "Bread" });
    const tasks = new TasksPage(page);
    await tasks.visit();
    const size = await tasks.check("Buy milk").boundingBox();
    expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44);
    await page.getByRole("button", { name: "Actions for Buy milk" }).tap();
    await page.getByRole("button", { name: "Delete Buy milk" }).tap();
    await expect(tasks.title("Buy milk")).toBeHidden();
    await page.getByRole("button", { name: "Actions for Bread" }).tap();
    await page.getByRole("button", { name: "Edit the title of Bread" }).tap();
    await tasks.main.getByRole("textbox", { name: "Title" }).fill("White bread");
    await page.keyboard.press("Enter");
    await expect(tasks.title("White bread")).toBeVisible();
  });

  test("nothing is wider than a small phone", async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await signUp(page);
    await addTask(page, { title: "x".repeat(200), description: "y".repeat(300), due_date: "2020-01-01" });
    const tasks = new TasksPage(page);
    await tasks.visit();
    await expect(tasks.title("x".repeat(200))).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBe(320);
  });
});

test.describe("on the other side of the world", () => {
  test.use({ timezoneId: "Pacific/Kiritimati" });

  test("today is the day of whoever looks, from the first answer on", async ({ page }) => {
    await signUp(page);
    const today = await page.evaluate(() => new Date().toLocaleDateString("en-CA"));
    await page.goto("/tasks");
    await addTask(page, { title: "Now", due_date: today });
    const tasks = new TasksPage(page);
    const html = await (await page.request.get("/tasks")).text();
    expect(html).toMatch(/data-tone="today"/);
    await tasks.visit();
    await expect(tasks.row("Now")).toContainText("Today");
    await expect(page.getByText("0 of 1 done today")).toBeVisible();
  });

  test("a cookie of another place is put right, in the rows too", async ({ page }) => {
    await signUp(page);
    const today = await page.evaluate(() => new Date().toLocaleDateString("en-CA"));
    await addTask(page, { title: "Now", due_date: today });
    await page.goto("/tasks");
    const elsewhere = { name: "utc_offset", value: "-720", url: page.url() };
    await page.context().addCookies([elsewhere]);
    const html = await (await page.request.get("/tasks")).text();
    expect(html, "there it is another day").not.toMatch(/data-tone="today"/);
    const tasks = new TasksPage(page);
    await tasks.visit();
    await expect(tasks.row("Now")).toContainText("Today");
  });
});
