// Everything by keys.

import { expect, test } from "../../fixtures.ts";
import { signUp } from "../../harness/people.ts";
import { addTask, tasksOf } from "../../harness/tasks.ts";
import { TasksPage } from "../../pages/tasks.ts";

test("the keys do what their map says", async ({ page }) => {
  await signUp(page);
  for (const title of ["Three", "Two", "One"]) {
    await addTask(page, { title });
  }
  const tasks = new TasksPage(page);
  await tasks.visit();
  const press = (keys: string) => page.keyboard.press(keys);
  // They are off while somebody types.
  await expect(tasks.newTask).toBeFocused();
  await page.keyboard.type("xj?");
  await expect(tasks.newTask).toHaveValue("xj?");
  await tasks.newTask.fill("");
  await tasks.heading.click();

  await press("j");
  await expect(tasks.title("One")).toBeFocused();
  await press("j");
  await expect(tasks.title("Two")).toBeFocused();
  await press("ArrowUp");
  await expect(tasks.title("One")).toBeFocused();
  await press("x");
  await expect(tasks.check("One")).toBeChecked();
  await expect(tasks.title("Two")).toBeFocused();
  await press("z");
  await expect(tasks.check("One")).not.toBeChecked();
  await tasks.title("Two").focus();
  await press("e");
  await tasks.main.getByRole("textbox", { name: "Title" }).fill("Zwei");
  await press("Enter");
  await expect(tasks.title("Zwei")).toBeFocused();
  await press("Delete");
  await expect(tasks.title("Zwei")).toBeHidden();
  await press("z");
  await expect(tasks.title("Zwei")).toBeVisible();
  await tasks.title("Zwei").focus();
  await press("Enter");
  await expect(tasks.details).toBeVisible();
  await press("Escape");
  await expect(tasks.details).toBeHidden();

  await press("g");
  await press("d");
  await expect(page).toHaveURL("/tasks?status=completed");
  await press("g");
  await press("o");
  await expect(page).toHaveURL("/tasks?status=pending");
  await press("g");
  await press("a");
  await expect(page).toHaveURL("/tasks");
  await press("/");
  await expect(tasks.search).toBeFocused();
  await tasks.heading.click();
  await press("n");
  await expect(tasks.newTask).toBeFocused();
  await tasks.heading.click();
  await press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await expect(help).toContainText("Mark as done");
  await press("Escape");
  await expect(help).toBeHidden();
  await expect.poll(async () => (await tasksOf(page)).length).toBe(3);
});

test("keys reach their place, however soon they follow the end of the details", async ({ page }) => {
  await signUp(page);
  const task = await addTask(page, { title: "One" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.title("One").click();
  await expect(tasks.details).toBeVisible();
  await expect(page).toHaveURL(`/tasks/${task.id}`);
  // Before the page has heard that the dialog is closed.
  await tasks.details.evaluate((dialog: HTMLDialogElement) => {
    const isHeard = new Promise((heard) => dialog.addEventListener("close", heard));
    dialog.close();
    for (const key of ["g", "d"]) {
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
    return isHeard;
  });
  await expect(page).toHaveURL("/tasks?status=completed");
  await expect(tasks.title("One")).toBeHidden();
});

test("the space bar ticks a task off once", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "One" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.title("One").focus();
  await page.keyboard.press("Space");
  await expect(tasks.check("One")).toBeChecked();
  await tasks.check("One").focus();
  await page.keyboard.press("Space");
  await expect(tasks.check("One")).not.toBeChecked();
});
