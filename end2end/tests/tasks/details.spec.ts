// A task's details, with an address of their own.

import { randomUUID } from "node:crypto";

import { expect, test } from "../../fixtures.ts";
import { signUp } from "../../harness/people.ts";
import { addTask, editTask, setCompleted, tasksOf } from "../../harness/tasks.ts";
import { TasksPage } from "../../pages/tasks.ts";

test("a click opens the details, and saving them changes the row", async ({ page }) => {
  await signUp(page);
  const task = await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit("?sort=title");
  await tasks.title("Buy milk").click();
  await expect(tasks.details).toBeVisible();
  await expect(page).toHaveURL(`/tasks/${task.id}?sort=title`);
  await tasks.details.getByLabel("Title").fill("Buy oat milk");
  await tasks.details.getByLabel("Description").fill("Two litres");
  await tasks.details.getByLabel("Due date").fill("2031-05-01");
  await tasks.details.getByRole("button", { name: "Save" }).click();
  await expect(tasks.details).toBeHidden();
  await expect(page).toHaveURL("/tasks?sort=title");
  await expect(tasks.row("Buy oat milk")).toContainText("Two litres");
  await expect(tasks.row("Buy oat milk")).toContainText("1 May 2031");
  await expect.poll(async () => (await tasksOf(page))[0]?.description).toBe("Two litres");
});

test("a task can be linked to", async ({ page }) => {
  await signUp(page);
  const task = await addTask(page, { title: "Buy milk", description: "Two litres" });
  const tasks = new TasksPage(page);
  await page.goto(`/tasks/${task.id}`);
  await expect(tasks.details.getByLabel("Title")).toHaveValue("Buy milk");
  await expect(tasks.details.getByLabel("Description")).toHaveValue("Two litres");
  await page.keyboard.press("Escape");
  await expect(tasks.details).toBeHidden();
  await expect(page).toHaveURL("/tasks");
  await page.goBack();
  await expect(tasks.details).toBeVisible();
});

test("steps back from the details to another part of the list show that part", async ({ page }) => {
  await signUp(page);
  const done = await addTask(page, { title: "Done" });
  await setCompleted(page, done.id, true);
  await addTask(page, { title: "Open" });
  const tasks = new TasksPage(page);
  await tasks.visit("?status=completed");
  await tasks.filter("All").click();
  await tasks.title("Open").click();
  await expect(tasks.details).toBeVisible();
  await page.evaluate(() => {
    history.go(-2);
  });
  await expect(page).toHaveURL("/tasks?status=completed");
  await expect(tasks.details).toBeHidden();
  await expect(tasks.title("Open")).toBeHidden();
  await expect(tasks.title("Done")).toBeVisible();
});

test("what cannot be saved is told at its field", async ({ page }) => {
  await signUp(page);
  const task = await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await page.goto(`/tasks/${task.id}`);
  await tasks.details.getByLabel("Title").fill(" ");
  await tasks.details.getByRole("button", { name: "Save" }).click();
  await expect(tasks.details.getByLabel("Title")).toHaveAccessibleDescription(
    "Say what is to be done.",
  );
  await tasks.details.getByRole("link", { name: "Cancel" }).click();
  await expect(tasks.details).toBeHidden();
  await expect(tasks.title("Buy milk")).toBeVisible();
});

test("what a plain form of one task was refused for is not said of the next", async ({ page }) => {
  await signUp(page);
  const first = await addTask(page, { title: "First" });
  await addTask(page, { title: "Second" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  const back = await page.request.post("/fn/tasks/edit", {
    form: { id: first.id, title: " ", version: "1" },
    headers: {
      accept: "text/html",
      referer: new URL(`/tasks/${first.id}`, page.url()).href,
      "sec-fetch-site": "same-origin",
    },
    maxRedirects: 0,
  });
  await page.goto(back.headers()["location"] ?? "");
  const missing = tasks.details.getByText("Say what is to be done.");
  await expect(missing).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL("/tasks");
  await tasks.title("Second").click();
  await expect(tasks.details.getByLabel("Title")).toHaveValue("Second");
  await expect(missing).toBeHidden();
});

test("another's task is not found, and neither is none", async ({ page, newVisitor, problems }) => {
  await signUp(page);
  const other = await newVisitor();
  await signUp(other);
  const theirs = await addTask(other, { title: "A secret" });
  for (const id of [theirs.id, randomUUID(), "no-id"]) {
    problems.expectAnswer(404, `/tasks/${id}`);
    const answer = await page.goto(`/tasks/${id}`);
    expect(answer?.status()).toBe(404);
    expect(await answer?.text()).not.toContain("A secret");
    await expect(new TasksPage(page).heading).toHaveText("Page not found");
  }
});

test("a time of day that the field does not show is kept", async ({ page }) => {
  await signUp(page);
  const task = await addTask(page, { title: "Call", due_date: "2031-05-01T09:30:00Z" });
  const tasks = new TasksPage(page);
  await page.goto(`/tasks/${task.id}`);
  await tasks.details.getByLabel("Title").fill("Call Ada");
  await tasks.details.getByRole("button", { name: "Save" }).click();
  await expect(tasks.row("Call Ada")).toContainText("1 May 2031, 09:30");
});

test("two who write in one task see both, and one decides", async ({ page, problems }) => {
  await signUp(page);
  const task = await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await page.goto(`/tasks/${task.id}`);
  await editTask(page, task.id, { title: "Buy rice milk" });
  problems.expectAnswer(412, "/fn/tasks/edit");
  await tasks.details.getByLabel("Title").fill("Buy oat milk");
  await tasks.details.getByRole("button", { name: "Save" }).click();
  const conflict = page.getByRole("dialog", { name: "This task changed elsewhere" });
  await expect(conflict).toContainText("Buy rice milk");
  await expect(conflict).toContainText("Buy oat milk");
  // It waits for a decision, a reload or not.
  problems.expectAnswer(412, "/fn/tasks/edit");
  await page.reload();
  await expect(conflict).toContainText("Buy rice milk");
  await expect(conflict).toContainText("Buy oat milk");
  await conflict.getByRole("button", { name: "Save mine" }).click();
  await expect(tasks.title("Buy oat milk")).toBeVisible();
  await expect.poll(async () => (await tasksOf(page))[0]?.title).toBe("Buy oat milk");
});

test("or keeps it as it is", async ({ page, problems }) => {
  await signUp(page);
  const task = await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await page.goto(`/tasks/${task.id}`);
  await editTask(page, task.id, { title: "Buy rice milk" });
  problems.expectAnswer(412, "/fn/tasks/edit");
  await tasks.details.getByLabel("Title").fill("Buy oat milk");
  await tasks.details.getByRole("button", { name: "Save" }).click();
  const conflict = page.getByRole("dialog", { name: "This task changed elsewhere" });
  await conflict.getByRole("button", { name: "Keep it as it is" }).click();
  await expect(tasks.title("Buy rice milk")).toBeVisible();
  // Whatever had been sent before this would have arrived before it.
  await tasks.add("Bread");
  await expect
    .poll(async () => (await tasksOf(page)).map(({ title }) => title))
    .toEqual(["Bread", "Buy rice milk"]);
});

test("a task that is not on the page is changed by its link too", async ({ page }) => {
  await signUp(page);
  const task = await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await page.goto(`/tasks/${task.id}?q=something+else`);
  await tasks.details.getByLabel("Description").fill("Two litres");
  await tasks.details.getByRole("button", { name: "Save" }).click();
  await expect(tasks.details).toBeHidden();
  await expect.poll(async () => (await tasksOf(page))[0]?.description).toBe("Two litres");
  await expect(tasks.title("Buy milk")).toBeHidden();
});

test("closed, it gives the focus back", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  for (const name of ["Cancel", "Close"]) {
    await tasks.title("Buy milk").focus();
    await page.keyboard.press("Enter");
    await tasks.details.getByRole("link", { name }).click();
    await expect(tasks.details).toBeHidden();
    await expect(tasks.title("Buy milk")).toBeFocused();
  }
});
