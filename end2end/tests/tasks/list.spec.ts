// The list: written, ticked off, changed, deleted and brought back.

import { expect, test } from "../../fixtures.ts";
import { signUp } from "../../harness/people.ts";
import { addTask, setCompleted, tasksOf } from "../../harness/tasks.ts";
import { AccountMenu } from "../../pages/entry.ts";
import { TasksPage } from "../../pages/tasks.ts";

test("the first page of tasks stands in the server's HTML", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk", description: "Two litres\nwhole" });
  const html = await (await page.request.get("/tasks")).text();
  expect(html).toContain("Buy milk");
  expect(html).toContain("Two litres");
  expect(html).not.toContain('class="tasks-empty"');
});

test("Enter adds a task and keeps the field for the next", async ({ page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await expect(tasks.newTask).toBeFocused();
  await page.keyboard.type("Buy milk");
  await page.keyboard.press("Enter");
  await expect(tasks.newTask).toHaveValue("");
  await expect(tasks.newTask).toBeFocused();
  await page.keyboard.type("Call the landlord");
  await page.keyboard.press("Enter");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Call the landlord", "Buy milk"]);
  await expect(tasks.filter("Open")).toContainText("2");
  await expect.poll(async () => (await tasksOf(page)).length).toBe(2);
  await page.reload();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Call the landlord", "Buy milk"]);
});

test("the longer form has room for a description and a date", async ({ page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.newTask.fill("Pay the rent");
  await page.getByText("Description and due date").click();
  await page.getByLabel("Description", { exact: true }).fill("By transfer");
  await page.getByLabel("Due date", { exact: true }).fill("2031-05-01");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(tasks.row("Pay the rent")).toContainText("By transfer");
  await expect(tasks.row("Pay the rent")).toContainText("1 May 2031");
  await expect.poll(async () => (await tasksOf(page))[0]?.description).toBe("By transfer");
  await page.reload();
  await expect(tasks.row("Pay the rent")).toContainText("1 May 2031");
});

test("what is ticked goes to what is done, and comes back", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  await addTask(page, { title: "Water the plants" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.check("Buy milk").click();
  await expect(tasks.done).toContainText("Buy milk");
  await expect(tasks.check("Buy milk")).toBeChecked();
  await expect(page.getByText("1 of 1 done today")).toBeVisible();
  await expect.poll(async () => (await tasksOf(page)).find(({ title }) => title === "Buy milk")?.completed_at).not.toBeNull();
  await page.reload();
  await expect(tasks.done).toContainText("Buy milk");
  await tasks.check("Buy milk").click();
  await expect(tasks.open).toContainText("Buy milk");
  await expect(tasks.check("Buy milk")).not.toBeChecked();
});

test("the page shows the wanted state before the server has answered", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/fn/tasks/set-completed", async (route) => {
    await released;
    await route.continue();
  });
  await tasks.check("Buy milk").click();
  await expect(tasks.done).toContainText("Buy milk");
  expect((await tasksOf(page))[0]?.completed_at).toBeNull();
  release();
  await expect.poll(async () => (await tasksOf(page))[0]?.completed_at).not.toBeNull();
});

test("a deleted task goes, and Undo brings it back to its place", async ({ page }) => {
  await signUp(page);
  for (const title of ["One", "Two", "Three"]) {
    await addTask(page, { title });
  }
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.delete("Two");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Three", "One"]);
  await expect(tasks.toasts).toContainText("Task deleted.");
  await expect.poll(async () => (await tasksOf(page)).length).toBe(2);
  await tasks.toasts.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Three", "Two", "One"]);
  await expect.poll(async () => (await tasksOf(page)).length).toBe(3);
});

test("Undo outlives the page that offered it", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.delete("Buy milk");
  await expect.poll(async () => (await tasksOf(page)).length).toBe(0);
  const menu = new AccountMenu(page);
  await menu.button.click();
  await menu.settings.click();
  await expect(page).toHaveURL("/settings");
  await page.goBack();
  await expect(tasks.newTask).toBeVisible();
  await tasks.toasts.getByRole("button", { name: "Undo" }).click();
  await expect(tasks.title("Buy milk")).toBeVisible();
  await expect.poll(async () => (await tasksOf(page)).length).toBe(1);
});

test("a title is edited where it stands", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.title("Buy milk").dblclick();
  const field = tasks.main.getByRole("textbox", { name: "Title" });
  await expect(field).toBeFocused();
  await field.fill("  ");
  await field.press("Enter");
  await expect(field).toHaveAccessibleDescription("Say what is to be done.");
  await field.fill("Buy oat milk");
  await field.press("Enter");
  await expect(tasks.title("Buy oat milk")).toBeFocused();
  await expect.poll(async () => (await tasksOf(page))[0]?.title).toBe("Buy oat milk");
  await tasks.title("Buy oat milk").dblclick();
  await field.fill("Something else");
  await field.press("Escape");
  await expect(tasks.title("Buy oat milk")).toBeVisible();
  expect((await tasksOf(page))[0]?.title).toBe("Buy oat milk");
});

test("filter, order and search stand in the address", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Apples", due_date: "2031-05-02" });
  await addTask(page, { title: "cherries", description: "and 100% of the Bananas" });
  const bread = await addTask(page, { title: "Bread", due_date: "2031-05-01" });
  await setCompleted(page, bread.id, true);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.filter("Done").click();
  await expect(page).toHaveURL("/tasks?status=completed");
  await expect(tasks.filter("Done")).toHaveAttribute("aria-current", "true");
  await expect.poll(() => tasks.titles(tasks.done)).toEqual(["Bread"]);
  await expect(tasks.open).toHaveCount(0);
  await page.goBack();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["cherries", "Apples"]);
  await tasks.order.selectOption("By title");
  await expect(page).toHaveURL("/tasks?sort=title");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Apples", "cherries"]);
  await tasks.search.pressSequentially("100% of the banan");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["cherries"]);
  await expect(tasks.search).toBeFocused();
  await expect(page).toHaveURL(/[?&]q=100%25/);
  await page.reload();
  await expect(tasks.search).toHaveValue("100% of the banan");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["cherries"]);
  await tasks.search.fill("10_%");
  await expect(page.getByText("No task matches.")).toBeVisible();
  await page.getByRole("link", { name: "Clear the search" }).click();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Apples", "cherries"]);
});

test("what is being typed stays when another part of the list is shown", async ({ page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.newTask.fill("Half a thought");
  await tasks.filter("Done").click();
  await expect(page.getByText("Nothing is done yet.")).toBeVisible();
  await expect(tasks.newTask).toHaveValue("Half a thought");
});

test("an empty list offers three to begin with", async ({ page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await expect(page.getByRole("heading", { name: "A clean sheet" })).toBeVisible();
  await page.getByRole("button", { name: "Water the plants" }).click();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Water the plants"]);
  await expect(page.getByRole("heading", { name: "A clean sheet" })).toBeHidden();
});

test("a long list comes page by page, and what is done stays folded", async ({ page }) => {
  await signUp(page);
  for (let number = 1; number <= 115; number++) {
    const task = await addTask(page, { title: `Task ${number}` });
    if (number <= 15) {
      await setCompleted(page, task.id, true);
    }
  }
  const tasks = new TasksPage(page);
  await tasks.visit("?sort=title");
  await expect(tasks.open.getByRole("listitem")).toHaveCount(50);
  await expect(tasks.done.getByRole("listitem")).toHaveCount(10);
  await tasks.open.getByRole("listitem").last().scrollIntoViewIfNeeded();
  await expect(tasks.open.getByRole("listitem")).toHaveCount(100);
  const titles = await tasks.titles(tasks.open);
  expect(titles).toEqual(Array.from({ length: 100 }, (_, index) => `Task ${index + 16}`));
  await page.getByRole("button", { name: "Show more that is done" }).click();
  await expect(tasks.done.getByRole("listitem")).toHaveCount(15);
});

test("hostile text is text, wherever it is shown", async ({ page }) => {
  await signUp(page);
  const hostile = `</textarea></title><script>alert(1)</script><img src=x onerror=alert(1)> ' -- \u202e gnp.exe`;
  const task = await addTask(page, { title: hostile, description: `${hostile}\n</script>` });
  const tasks = new TasksPage(page);
  for (const path of ["/tasks", `/tasks/${task.id}`]) {
    await page.goto(path);
    await expect(tasks.page.locator(".row-title")).toHaveText(hostile);
    await expect(page.locator("img, main script")).toHaveCount(0);
  }
  await expect(tasks.details.getByLabel("Title")).toHaveValue(hostile);
  await expect(tasks.details.getByLabel("Description")).toHaveValue(`${hostile}\n</script>`);
});

test("a title that was left half edited can be edited again, whatever has become of the task", async ({
  page,
}) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  const field = tasks.main.getByRole("textbox", { name: "Title" });
  await tasks.title("Buy milk").dblclick();
  await field.fill("");
  await field.press("Enter");
  await expect(tasks.main.getByRole("alert")).toHaveText("Say what is to be done.");
  await tasks.check("Buy milk").click();
  await expect(tasks.check("Buy milk")).toBeChecked();
  await expect(field).toBeHidden();
  await tasks.title("Buy milk").dblclick();
  await expect(field).toHaveValue("Buy milk");
  await field.fill("Buy oat milk");
  await field.press("Enter");
  await expect(tasks.title("Buy oat milk")).toBeFocused();
});

test("what is being written in a row is saved when the row has to move", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Apples" });
  await addTask(page, { title: "Bread" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.order.selectOption("title");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Apples", "Bread"]);
  await tasks.title("Bread").dblclick();
  await tasks.main.getByRole("textbox", { name: "Title" }).fill("Blueberries");
  await page.goBack();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Blueberries", "Apples"]);
  await expect.poll(async () => (await tasksOf(page)).map(({ title }) => title)).toContain("Blueberries");
});

test("what has the focus in a row keeps it when the server's answer comes", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  const answered = page.waitForResponse("**/fn/tasks/edit");
  await tasks.title("Buy milk").dblclick();
  const field = tasks.main.getByRole("textbox", { name: "Title" });
  await field.fill("Buy oat milk");
  await field.press("Enter");
  const remove = page.getByRole("button", { name: "Delete Buy oat milk", exact: true });
  await remove.focus();
  await answered;
  await expect(tasks.row("Buy oat milk")).not.toHaveAttribute("data-waiting", "");
  await expect(remove).toBeFocused();
});

test("whoever moves on as soon as a title is kept is not taken back to it", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.title("Buy milk").dblclick();
  await tasks.main.getByRole("textbox", { name: "Title" }).fill("Buy oat milk");
  const focused = await page.evaluate(async () => {
    // Before another frame begins.
    document.querySelector<HTMLFormElement>(".task-edit")?.requestSubmit();
    document.querySelector<HTMLElement>("[data-task] [data-act=delete]")?.focus();
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    return document.activeElement?.getAttribute("data-act");
  });
  expect(focused).toBe("delete");
});
