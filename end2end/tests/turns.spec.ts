// A page comes alive in several turns. What is done between them is the browser's still.

import { expect, test } from "../fixtures.ts";
import { hydration } from "../harness/hydration.ts";
import { signUp } from "../harness/people.ts";
import { addTask, tasksOf } from "../harness/tasks.ts";
import { freeTurns, heldTurn, holdTurns, nextTurn } from "../harness/timers.ts";
import { Frame } from "../pages/frame.ts";
import { TasksPage } from "../pages/tasks.ts";

test("a link leads where it says", async ({ page }) => {
  await holdTurns(page);
  // It would wait for the page to be alive.
  void page.goto("/login").catch(() => undefined);
  await heldTurn(page, "/login");
  await page.locator("main a[href='/signup']").click();
  await heldTurn(page, "/signup");
  await freeTurns(page);
  await hydration(page);
  await expect(new Frame(page).heading).toHaveText("Sign up");
});

test("a step back shows the page that it leads to", async ({ page }) => {
  const { heading } = new Frame(page);
  await page.goto("/login");
  await page.locator("main a[href='/signup']").click();
  await expect(heading).toHaveText("Sign up");
  await holdTurns(page);
  void page.reload().catch(() => undefined);
  await heldTurn(page, "/signup");
  // The address is the other one before the page is.
  const arrived = page.waitForEvent("domcontentloaded");
  void page.goBack().catch(() => undefined);
  await arrived;
  await heldTurn(page, "/login");
  await freeTurns(page);
  await hydration(page);
  await expect(heading).toHaveText("Sign in");
});

test("a check sends its form, and no more", async ({ page }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await holdTurns(page);
  void page.goto("/tasks").catch(() => undefined);
  await heldTurn(page, "/tasks");
  // It has taken over what the server rendered; its effects have not run.
  await nextTurn(page);
  const form = page.waitForRequest((request) => request.isNavigationRequest() && request.method() === "POST");
  const answered = page.waitForEvent("domcontentloaded");
  await tasks.check("Buy milk").click();
  await form;
  await answered;
  expect((await tasksOf(page)).map(({ completed_at }) => completed_at !== null)).toEqual([true]);
  await heldTurn(page, "/tasks");
  await freeTurns(page);
  await hydration(page);
  await expect.poll(() => tasks.titles(tasks.done)).toEqual(["Buy milk"]);
});
