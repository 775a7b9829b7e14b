// What comes in another order, or at another moment, than one would think.

import type { Page } from "@playwright/test";

import { expect, test } from "../../fixtures.ts";
import { signUp } from "../../harness/people.ts";
import { addTask, editTask, setCompleted, tasksOf } from "../../harness/tasks.ts";
import { freeTurns, heldTurn, holdTurns } from "../../harness/timers.ts";
import { hydration } from "../../harness/hydration.ts";
import { AccountMenu, LoginPage } from "../../pages/entry.ts";
import { SettingsPage } from "../../pages/settings.ts";
import { TasksPage } from "../../pages/tasks.ts";

interface Held {
  /** The server has answered. */
  arrived: Promise<void>;
  /** The page hears of it. */
  release: () => void;
}

/** Keeps the first answer of a server function from the page. */
async function hold(page: Page, path: string): Promise<Held> {
  let release = () => {};
  let arrive = () => {};
  const isReleased = new Promise<void>((resolve) => (release = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  let isFirst = true;
  await page.route(`**${path}`, async (route) => {
    if (!isFirst) {
      return route.fallback();
    }
    isFirst = false;
    const response = await route.fetch();
    arrive();
    await isReleased;
    return route.fulfill({ response });
  });
  return { arrived, release };
}

test("a list that one comes back to has what was done to it since", async ({ page, problems }) => {
  await signUp(page);
  await addTask(page, { title: "One" });
  const two = await addTask(page, { title: "Two" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.add("Three");
  await tasks.title("Two").click();
  await tasks.details.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL("/tasks");
  await expect.poll(async () => (await tasksOf(page)).length).toBe(2);
  problems.expectAnswer(404, "/fn/tasks/get");
  await page.goBack();
  await expect(page).toHaveURL(`/tasks/${two.id}`);
  await expect(tasks.newTask).toBeHidden();
  await page.goBack();
  await expect(tasks.newTask).toBeVisible();
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Three", "One"]);
});

test("a slow list holds up no other", async ({ page }) => {
  await signUp(page);
  const done = await addTask(page, { title: "Done" });
  await setCompleted(page, done.id, true);
  await addTask(page, { title: "Open" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  const answer = await hold(page, "/fn/tasks/list");
  await tasks.filter("Done").click();
  await answer.arrived;
  await tasks.filter("Open").click();
  await expect(page).toHaveURL("/tasks?status=pending");
  await expect(tasks.title("Done")).toBeHidden();
  await expect(tasks.title("Open")).toBeVisible();
  answer.release();
  await tasks.filter("All").click();
  await expect.poll(() => tasks.titles(tasks.done)).toEqual(["Done"]);
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Open"]);
});

test("a choice that comes up while one types is not made by that", async ({ page, problems }) => {
  await signUp(page);
  const task = await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await editTask(page, task.id, { title: "Buy rice milk" });
  problems.expectAnswer(412, "/fn/tasks/edit");
  const answer = await hold(page, "/fn/tasks/edit");
  await tasks.title("Buy milk").focus();
  await page.keyboard.press("e");
  await tasks.main.getByRole("textbox", { name: "Title" }).fill("Buy oat milk");
  await page.keyboard.press("Enter");
  await answer.arrived;
  await tasks.newTask.focus();
  answer.release();
  const choice = page.getByRole("dialog", { name: "This task changed elsewhere" });
  await expect(choice).toBeVisible();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await choice.getByRole("button", { name: "Save mine" }).click();
  await expect.poll(async () => (await tasksOf(page)).map(({ title }) => title)).toEqual(["Buy oat milk"]);
});

test("what has arrived is not sent again, though the page has gone", async ({ page }) => {
  await signUp(page);
  const task = await addTask(page, { title: "One" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  const answer = await hold(page, "/fn/tasks/set-completed");
  await tasks.check("One").click();
  await answer.arrived;
  const menu = new AccountMenu(page);
  await menu.button.click();
  await menu.settings.click();
  await expect(page).toHaveURL("/settings");
  await expect(new SettingsPage(page).profile).toBeVisible();
  answer.release();
  const waiting = () =>
    page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("donewell.outbox")).length);
  await expect.poll(waiting).toBe(0);
  await setCompleted(page, task.id, false);
  await page.goBack();
  await expect(tasks.check("One")).not.toBeChecked();
});

test("what one person did is not done for the next one who signs in", async ({
  page,
  newVisitor,
  problems,
}) => {
  const next = await signUp(await newVisitor());
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  let isFirst = true;
  let release = () => {};
  const isReleased = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/fn/tasks/add", async (route) => {
    if (isFirst) {
      isFirst = false;
      await isReleased;
    }
    return route.continue();
  });
  const sent = page.waitForRequest("**/fn/tasks/add");
  await tasks.add("Mine");
  await sent;
  const menu = new AccountMenu(page);
  await menu.leave();
  await expect(page).toHaveURL("/");
  await menu.signIn.click();
  await new LoginPage(page).send(next);
  await expect(page).toHaveURL("/tasks");
  problems.expectAnswer(401, "/fn/tasks/add");
  const refused = page.waitForResponse((answer) => answer.status() === 401);
  release();
  await refused;
  // Whatever is sent again has been sent before this.
  await tasks.add("Theirs");
  await expect(tasks.row("Theirs")).not.toHaveAttribute("data-waiting");
  expect((await tasksOf(page)).map(({ title }) => title)).toEqual(["Theirs"]);
  await expect(page).toHaveURL("/tasks");
});

test("signing out is not undone by a new name that comes after it", async ({ page }) => {
  await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  const account = await hold(page, "/fn/auth/get-account");
  await settings.profile.getByLabel("Name").fill("Grace Hopper");
  await settings.profile.getByRole("button", { name: "Save" }).click();
  await account.arrived;
  const left = await hold(page, "/fn/auth/sign-out");
  const menu = new AccountMenu(page);
  await menu.leave();
  await left.arrived;
  account.release();
  await expect(menu.button).toContainText("Grace Hopper");
  left.release();
  await expect(page).toHaveURL("/");
  await expect(menu.signIn).toBeVisible();
});

test("what is typed into one task's details stays out of another's", async ({ page }) => {
  await signUp(page);
  const first = await addTask(page, { title: "First" });
  await addTask(page, { title: "Second" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.title("First").click();
  await expect(tasks.details).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL("/tasks");
  await tasks.title("Second").click();
  await expect(tasks.details.getByLabel("Title")).toHaveValue("Second");
  await tasks.details.getByLabel("Title").fill("Typed");
  await tasks.details.getByLabel("Description").fill("Typed too");
  await page.evaluate(() => {
    history.go(-2);
  });
  await expect(page).toHaveURL(`/tasks/${first.id}`);
  await expect(tasks.details.getByLabel("Title")).toHaveValue("First");
  await expect(tasks.details.getByLabel("Description")).toHaveValue("");
});

test("a row that says the same again is left as it is", async ({ page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  const answer = await hold(page, "/fn/tasks/add");
  await tasks.add("One");
  await answer.arrived;
  const body = tasks.row("One").locator(".row-body");
  await body.evaluate((element) => element.setAttribute("data-test", "same"));
  await expect(tasks.row("One")).toHaveAttribute("data-waiting");
  answer.release();
  await expect(tasks.row("One")).not.toHaveAttribute("data-waiting");
  await expect(body).toHaveAttribute("data-test", "same");
});

test("a step back shows the order that the list has", async ({ page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.order.selectOption("title");
  await expect(page).toHaveURL("/tasks?sort=title");
  await tasks.order.selectOption("due_date");
  await expect(page).toHaveURL("/tasks?sort=due_date");
  await page.goBack();
  await expect(page).toHaveURL("/tasks?sort=title");
  await expect(tasks.order).toHaveValue("title");
});

test("what is typed into the search before the page is alive is searched for", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Milk" });
  await addTask(page, { title: "Bread" });
  const tasks = new TasksPage(page);
  await holdTurns(page);
  void page.goto("/tasks").catch(() => undefined);
  await heldTurn(page, "/tasks");
  await tasks.search.fill("milk");
  await freeTurns(page);
  await hydration(page);
  await expect(page).toHaveURL("/tasks?q=milk");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Milk"]);
});

test("ticking a task off by hand leaves the page where it is", async ({ page }) => {
  await signUp(page);
  for (let number = 1; number <= 40; number += 1) {
    await addTask(page, { title: `Task ${number}` });
  }
  const tasks = new TasksPage(page);
  await tasks.visit();
  await page.evaluate(() => {
    scrollTo(0, 600);
  });
  // The newest is the first: this one stands about in the middle of what is seen.
  const check = tasks.check("Task 26");
  await expect(check).toBeInViewport();
  const top = await page.evaluate(() => scrollY);
  await check.click();
  await expect(tasks.title("Task 25")).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(top);
});

test("ending the composing of a character does not end the editing", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "One" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.title("One").focus();
  await page.keyboard.press("e");
  const field = tasks.main.getByRole("textbox", { name: "Title" });
  await field.fill("Two");
  await field.evaluate((element) => {
    const event = { key: "Escape", bubbles: true, isComposing: true };
    element.dispatchEvent(new KeyboardEvent("keydown", event));
  });
  await expect(field).toHaveValue("Two");
  await page.keyboard.press("Escape");
  await expect(field).toBeHidden();
});
