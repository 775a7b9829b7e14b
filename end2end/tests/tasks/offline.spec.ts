// Without a network: changes wait in order, survive a reload, and are sent on return.

import { expect, test, type Page } from "../../fixtures.ts";
import type { Problems } from "../../harness/problems.ts";
import { signUp } from "../../harness/people.ts";
import { addTask, deleteTask, tasksOf } from "../../harness/tasks.ts";
import { TasksPage } from "../../pages/tasks.ts";

async function cut(page: Page, problems: Problems): Promise<void> {
  problems.expect(/no answer \(net::ERR_(FAILED|INTERNET_DISCONNECTED)\)|Failed to load resource/);
  await page.context().setOffline(true);
}

/** Only what the page asks: without the server there is none to load again. */
async function cutCalls(page: Page, problems: Problems): Promise<void> {
  problems.expect(/no answer|Failed to load resource/);
  await page.route("**/fn/tasks/**", (route) => route.abort("internetdisconnected"));
}

test("what is done without a network is kept and sent on return", async ({ page, problems }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  await addTask(page, { title: "Bread" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await cut(page, problems);
  await tasks.check("Buy milk").click();
  await expect(tasks.waiting).toContainText("You're offline. Your changes are waiting.");
  await tasks.add("Water the plants");
  await tasks.delete("Bread");
  await tasks.check("Water the plants").click();
  await expect.poll(() => tasks.titles(tasks.done)).toEqual(["Water the plants", "Buy milk"]);
  await expect(tasks.row("Water the plants")).toHaveAttribute("data-waiting");
  await page.context().setOffline(false);
  await expect(tasks.waiting).not.toContainText("waiting");
  await expect(tasks.row("Water the plants")).not.toHaveAttribute("data-waiting", "");
  await expect
    .poll(async () => (await tasksOf(page)).map(({ title, completed_at }) => [title, completed_at !== null]))
    .toEqual([
      ["Water the plants", true],
      ["Buy milk", true],
    ]);
});

test("what waits survives a reload", async ({ page, problems }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await cutCalls(page, problems);
  await tasks.add("Water the plants");
  await tasks.check("Buy milk").click();
  await expect(tasks.waiting).toContainText("Your changes are waiting.");
  await page.reload();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Water the plants"]);
  await expect.poll(() => tasks.titles(tasks.done)).toEqual(["Buy milk"]);
  expect((await tasksOf(page)).map(({ title }) => title)).toEqual(["Buy milk"]);
  await page.unroute("**/fn/tasks/**");
  await page.reload();
  await expect(tasks.waiting).not.toContainText("waiting");
  await expect
    .poll(async () => (await tasksOf(page)).map(({ title, completed_at }) => [title, completed_at !== null]))
    .toEqual([
      ["Water the plants", false],
      ["Buy milk", true],
    ]);
});

test("what was done and undone before a reload is shown as it is, and can be done again", async ({ page, problems }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await cutCalls(page, problems);
  await tasks.check("Buy milk").click();
  await expect.poll(() => tasks.titles(tasks.done)).toEqual(["Buy milk"]);
  await tasks.check("Buy milk").click();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Buy milk"]);
  await page.reload();
  await expect(tasks.waiting).toContainText("Your changes are waiting.");
  await expect(tasks.row("Buy milk")).toHaveAttribute("data-waiting", "");
  await expect(tasks.check("Buy milk")).not.toBeChecked();
  await page.unroute("**/fn/tasks/**");
  await page.reload();
  await expect(tasks.waiting).not.toContainText("waiting");
  await tasks.check("Buy milk").click();
  await expect.poll(() => tasks.titles(tasks.done)).toEqual(["Buy milk"]);
  await expect(tasks.check("Buy milk")).toBeChecked();
});

test("two tabs that wait each send their own, and what a closed one left is not lost", async ({
  page,
  problems,
}) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  problems.expect(/no answer|Failed to load resource/);
  const sent: string[] = [];
  let isCut = true;
  await page.context().route("**/fn/tasks/add", async (route) => {
    if (isCut) {
      return route.abort("internetdisconnected");
    }
    sent.push(new URLSearchParams(route.request().postData() ?? "").get("title") ?? "");
    return route.continue();
  });
  await tasks.add("Of the first");
  await expect(tasks.waiting).toContainText("Your changes are waiting.");
  const second = await page.context().newPage();
  const others = new TasksPage(second);
  await others.visit();
  await others.add("Of the second");
  await expect(others.waiting).toContainText("Your changes are waiting.");
  await expect.poll(() => others.titles(others.open)).toEqual(["Of the second"]);
  // It closes, and a third takes up what it had.
  await second.close();
  const third = await page.context().newPage();
  const last = new TasksPage(third);
  await last.visit();
  await expect.poll(() => last.titles(last.open)).toEqual(["Of the second"]);
  isCut = false;
  await expect.poll(async () => (await tasksOf(page)).length, { timeout: 45_000 }).toBe(2);
  await expect(tasks.waiting).not.toContainText("waiting");
  await expect(last.waiting).not.toContainText("waiting");
  expect(sent.sort()).toEqual(["Of the first", "Of the second"]);
});

test("an answer that is lost makes no second task", async ({ page, problems }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  problems.expect(/no answer|Failed to load resource/);
  let lost = 0;
  await page.route("**/fn/tasks/add", async (route) => {
    if (lost > 0) {
      return route.continue();
    }
    lost += 1;
    await route.fetch();
    return route.abort("connectionreset");
  });
  await tasks.add("Buy milk");
  await expect(tasks.waiting).toContainText("Your changes are waiting.");
  await expect(tasks.waiting).not.toContainText("waiting");
  expect(lost).toBe(1);
  expect((await tasksOf(page)).map(({ title }) => title)).toEqual(["Buy milk"]);
});

test("what the server refuses on return is told, not dropped", async ({ page, problems }) => {
  await signUp(page);
  const task = await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await cut(page, problems);
  await tasks.check("Buy milk").click();
  await tasks.add("Bread");
  await expect(tasks.waiting).toContainText("Your changes are waiting.");
  await deleteTask(page, task.id);
  problems.expectAnswer(404, "/fn/tasks/set-completed");
  await page.context().setOffline(false);
  await expect(tasks.toasts).toContainText("Task not found");
  await expect(tasks.title("Buy milk")).toBeHidden();
  await expect.poll(async () => (await tasksOf(page)).map(({ title }) => title)).toEqual(["Bread"]);
});
