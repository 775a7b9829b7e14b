// The list without scripts: plain forms and plain pages.

import { expect, test } from "../../fixtures.ts";
import { signUp } from "../../harness/people.ts";
import { addTask, tasksOf } from "../../harness/tasks.ts";
import { TasksPage } from "../../pages/tasks.ts";

test("add, tick, edit, delete and restore", async ({ plainPage: page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.add("Buy milk", "Water the plants");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Water the plants", "Buy milk"]);
  await tasks.check("Buy milk").click();
  await expect(tasks.done).toContainText("Buy milk");
  await expect(tasks.check("Buy milk")).toBeChecked();
  await tasks.check("Buy milk").click();
  await expect(tasks.open).toContainText("Buy milk");

  await tasks.title("Buy milk").click();
  await tasks.details.getByLabel("Title").fill("Buy oat milk");
  await tasks.details.getByLabel("Description").fill("Two litres");
  await tasks.details.getByLabel("Due date").fill("2031-05-01");
  await tasks.details.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL("/tasks");
  await expect(tasks.row("Buy oat milk")).toContainText("Two litres");
  await expect(tasks.row("Buy oat milk")).toContainText("1 May 2031");

  await tasks.delete("Buy oat milk");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Water the plants"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Water the plants", "Buy oat milk"]);
  expect((await tasksOf(page)).length).toBe(2);
});

test("filter, order and search", async ({ plainPage: page }) => {
  await signUp(page);
  await addTask(page, { title: "Bread" });
  await addTask(page, { title: "Apples" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.filter("Open").click();
  await expect(page).toHaveURL("/tasks?status=pending");
  await tasks.order.selectOption("By title");
  await tasks.search.fill("e");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Apples", "Bread"]);
  await expect(tasks.search).toHaveValue("e");
});

test("what is wrong is told where it was typed", async ({ plainPage: page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.newTask.fill("x".repeat(201));
  await tasks.newTask.press("Enter");
  await expect(tasks.newTask).toHaveAccessibleDescription(/at most 200 characters/);
  await expect(tasks.newTask).toHaveValue("x".repeat(201));
});

test("what is written in a task stands in its fields, whatever it is", async ({ plainPage: page }) => {
  await signUp(page);
  const description = `\n</textarea><script>alert(1)</script> &amp; "quoted"\n\tindented`;
  const task = await addTask(page, { title: `"'><b>`, description });
  const tasks = new TasksPage(page);
  await page.goto(`/tasks/${task.id}`);
  await expect(tasks.details.getByLabel("Title")).toHaveValue(`"'><b>`);
  await expect(tasks.details.getByLabel("Description")).toHaveValue(description);
  await tasks.details.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL("/tasks");
  expect((await tasksOf(page))[0]?.description).toBe(description);
});
