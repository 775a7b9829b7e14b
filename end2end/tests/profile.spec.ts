// What people do on the task page every day, for `cargo xtask profile`; never in a test run. What is missing here comes
// with the second file of the wasm.

import { expect, test } from "../fixtures.ts";
import { signUp } from "../harness/people.ts";
import { addTask, setCompleted } from "../harness/tasks.ts";
import { fireLongTimers, holdLongTimers } from "../harness/timers.ts";
import { TasksPage } from "../pages/tasks.ts";

async function everyDay(tasks: TasksPage): Promise<void> {
  await tasks.add("New", "Another");
  await tasks.check("New").click();
  await expect(tasks.done).toContainText("New");
  await tasks.check("New").click();
  await expect(tasks.open).toContainText("New");
  await tasks.check("Another").click();
  await tasks.delete("New");
  await expect(tasks.title("New")).toBeHidden();
  await tasks.toasts.getByRole("button", { name: "Undo" }).first().click();
  await expect(tasks.title("New")).toBeVisible();
  for (const title of ["New", "Another"]) {
    await tasks.delete(title);
    await expect(tasks.title(title)).toBeHidden();
  }
}

// Where the day is not that of the server, which cannot know on a first visit.
test.use({ timezoneId: "Australia/Adelaide" });

test("the first task, and the next", async ({ page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await everyDay(tasks);
  // Time goes by.
  await holdLongTimers(page);
  await tasks.visit();
  await fireLongTimers(page);
});

test("a list of some days", async ({ page }) => {
  await signUp(page);
  for (let count = 0; count < 12; count += 1) {
    await addTask(page, { title: `Task ${count}` });
  }
  await addTask(page, { title: "Late", due_date: "2020-01-01" });
  await addTask(page, { title: "In time", due_date: "2031-05-02" });
  await addTask(page, { title: 'Brötchen 🥐 "vom Bäcker" \\', description: "Two,\nor three" });
  await setCompleted(page, (await addTask(page, { title: "Done" })).id, true);
  const tasks = new TasksPage(page);
  await tasks.visit();
  for (const title of ["Late", "In time"]) {
    await tasks.check(title).click();
    await expect(tasks.done).toContainText(title);
  }
  await tasks.add("Müll");
  await everyDay(tasks);
});

test("another part of the list, without a network", async ({ page, problems }) => {
  problems.expect(/no answer|Failed to load resource/);
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await page.context().setOffline(true);
  await tasks.filter("Open").click();
  await expect(tasks.toasts).toContainText("You're offline.");
});
