// When things go wrong: each made to happen for real.

import { randomUUID } from "node:crypto";

import { expect, type Page, test } from "../../fixtures.ts";
import { endSession, person, signedIn, signUp } from "../../harness/people.ts";
import { addTask, ask, deleteTask, editTask, tasksOf } from "../../harness/tasks.ts";
import { LoginPage } from "../../pages/entry.ts";
import { TasksPage } from "../../pages/tasks.ts";

test("without a session one lands on sign-in, and then on the list", async ({ page }) => {
  const somebody = await signUp(page);
  await page.context().clearCookies();
  await new TasksPage(page).visit("?status=pending");
  await expect(page).toHaveURL("/login?next=/tasks%3Fstatus%3Dpending");
  await new LoginPage(page).send(somebody);
  await expect(page).toHaveURL("/tasks?status=pending");
});

test("a revoked session leads to sign-in, and what was written is sent after it", async ({
  page,
  newVisitor,
  problems,
}) => {
  const somebody = await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.add("Before");
  await expect.poll(async () => (await tasksOf(page)).length).toBe(1);
  problems.expect(/401/);
  await endSession(page, somebody, newVisitor);
  await tasks.add("After");
  await expect(page).toHaveURL("/login?next=/tasks");
  await expect(tasks.toasts).toContainText("Your session has ended. Sign in again.");
  await new LoginPage(page).send(somebody);
  await expect(page).toHaveURL("/tasks");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["After", "Before"]);
  await expect.poll(async () => (await tasksOf(page)).length).toBe(2);
});

test("what was being written when the session ended is there again after signing in", async ({
  page,
  newVisitor,
  problems,
}) => {
  const somebody = await signUp(page);
  const task = await addTask(page, { title: "Buy milk", description: "Two litres" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  problems.expect(/401/);
  await endSession(page, somebody, newVisitor);
  const hostile = `Half <b>written" & 'ever'`;
  await tasks.newTask.fill(hostile);
  await page.getByText("Description and due date").click();
  await page.locator("#new-description").fill("</textarea><script>alert(1)</script>\nsecond");
  await tasks.check("Buy milk").click();
  await expect(page).toHaveURL("/login?next=/tasks");
  await new LoginPage(page).send(somebody);
  await expect(page).toHaveURL("/tasks");
  await expect(tasks.newTask).toHaveValue(hostile);
  await expect(page.locator("#new-description")).toBeVisible();
  await expect(page.locator("#new-description")).toHaveValue(
    "</textarea><script>alert(1)</script>\nsecond",
  );
  await expect(tasks.check("Buy milk")).toBeChecked();
  await tasks.newTask.press("Enter");
  await expect
    .poll(async () => (await tasksOf(page)).map(({ title, description }) => [title, description]))
    .toEqual([
      [hostile, "</textarea><script>alert(1)</script>\nsecond"],
      ["Buy milk", "Two litres"],
    ]);

  // In a dialog nothing is sent by hand: what waits is what finds out.
  problems.expect(/no answer|Failed to load resource/);
  await page.context().setOffline(true);
  await tasks.check("Buy milk").click();
  await expect(tasks.waiting).toContainText("You're offline.");
  await tasks.title("Buy milk").click();
  await page.locator("#details-title").fill("Buy oat milk");
  await endSession(page, somebody, newVisitor);
  await page.context().setOffline(false);
  await expect(page).toHaveURL(`/login?next=/tasks/${task.id}`);
  await editTask(await signedIn(somebody, newVisitor), task.id, { description: "Three litres" });
  await new LoginPage(page).send(somebody);
  await expect(tasks.details).toBeVisible();
  await expect(page.locator("#details-title")).toHaveValue("Buy oat milk");
  // What was not touched says what it says by now.
  await expect(page.locator("#details-description")).toHaveValue("Three litres");
  await tasks.details.getByRole("button", { name: "Save" }).click();
  await expect
    .poll(async () => (await tasksOf(page)).find(({ id }) => id === task.id))
    .toMatchObject({ title: "Buy oat milk", description: "Three litres", completed_at: null });
});

test("what one person has left waiting is never sent as another", async ({
  page,
  problems,
}) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  problems.expect(/ERR_INTERNET_DISCONNECTED|no answer/);
  await page.context().setOffline(true);
  await tasks.add("A secret of the first");
  await expect(tasks.waiting).toContainText("You're offline.");
  // Away, so that nothing is sent on return.
  await page.goto("about:blank");
  await page.context().setOffline(false);
  await page.context().clearCookies();
  await signUp(page, person("Grace"));
  await tasks.visit();
  await expect(page.getByRole("heading", { name: "A clean sheet" })).toBeVisible();
  await tasks.add("Mine");
  await expect.poll(async () => (await tasksOf(page)).map(({ title }) => title)).toEqual(["Mine"]);
});

test("another's task in a stolen address changes nothing", async ({ page, newVisitor, problems }) => {
  await signUp(page);
  const other = await newVisitor();
  await signUp(other);
  const theirs = await addTask(other, { title: "A secret" });
  const answer = await ask(page, "edit", { id: theirs.id, title: "Stolen" });
  expect(answer.status()).toBe(404);
  expect((await tasksOf(other))[0]?.title).toBe("A secret");
  problems.expectAnswer(404, `/tasks/${theirs.id}`);
  await page.goto(`/tasks/${theirs.id}`);
});

test("another's id in the path of the API is forbidden, a wrong token is nobody's", async ({
  page,
  newVisitor,
}) => {
  await signUp(page);
  const other = await newVisitor();
  await signUp(other);
  const me = await idOf(page);
  const path = `/api/${await idOf(other)}/tasks`;
  const answer = await page.request.get(path);
  expect([answer.status(), ((await answer.json()) as { detail: string }).detail]).toEqual([
    403,
    "You don't have permission",
  ]);
  const headers = { authorization: "Bearer no.such.token" };
  expect((await page.request.get(`/api/${me}/tasks`, { headers })).status()).toBe(401);
  expect((await page.request.get(`/api/${me}/tasks`)).status()).toBe(200);
});

test("what the server forbids is told, and taken back", async ({ page, problems }) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  problems.expectAnswer(403, "/fn/tasks/set-completed");
  // As if another site had sent it.
  await page.route("**/fn/tasks/set-completed", async (route) => {
    const headers = { ...(await route.request().allHeaders()), origin: "https://evil.example" };
    const response = await route.fetch({ headers: { ...headers, "sec-fetch-site": "cross-site" } });
    return route.fulfill({ response });
  });
  await tasks.check("Buy milk").click();
  await expect(tasks.toasts).toContainText("You don't have permission");
  await expect(tasks.check("Buy milk")).not.toBeChecked();
  expect((await tasksOf(page))[0]?.completed_at).toBeNull();
});

async function idOf(page: Page): Promise<string> {
  const session = await page.request.get("/api/auth/get-session");
  return ((await session.json()) as { user: { id: string } }).user.id;
}

test("a task that was deleted elsewhere goes, with a word", async ({ page, problems }) => {
  await signUp(page);
  const task = await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  await deleteTask(page, task.id);
  problems.expectAnswer(404, "/fn/tasks/set-completed");
  await tasks.check("Buy milk").click();
  await expect(tasks.toasts).toContainText("Task not found");
  await expect(tasks.title("Buy milk")).toBeHidden();
  await expect(page.getByRole("heading", { name: "A clean sheet" })).toBeVisible();
});

test("a title that is too long is told at the field, and kept there", async ({ page }) => {
  await signUp(page);
  const tasks = new TasksPage(page);
  await tasks.visit();
  await tasks.add("x".repeat(201));
  await expect(tasks.newTask).toHaveAccessibleDescription(/at most 200 characters/);
  await expect(tasks.newTask).toHaveValue("x".repeat(201));
});

test("an id that is taken is refused, and the title comes back to the field", async ({
  page,
  problems,
}) => {
  await signUp(page);
  const taken = await addTask(page, { title: "First" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  problems.expectAnswer(409, "/fn/tasks/add");
  await page.route("**/fn/tasks/add", (route) => {
    const form = new URLSearchParams(route.request().postData() ?? "");
    form.set("id", taken.id);
    return route.continue({ postData: form.toString() });
  });
  await tasks.add("Second");
  await expect(tasks.toasts).toContainText("This task changed elsewhere");
  await expect(tasks.newTask).toHaveValue("Second");
  await expect.poll(() => tasks.titles(tasks.open)).toEqual(["First"]);
});

test.describe("on a server of its own", () => {
  test.use({ ownServer: true });

  test("the server stops, changes wait, it starts, they are sent", async ({
    page,
    server,
    problems,
  }) => {
    await signUp(page);
    await addTask(page, { title: "Buy milk" });
    const tasks = new TasksPage(page);
    await tasks.visit();
    problems.expect(/no answer|Failed to load resource/);
    await server.stop();
    await tasks.check("Buy milk").click();
    await tasks.add("Water the plants");
    await expect(tasks.waiting).toContainText("Your changes are waiting.");
    await expect(tasks.done).toContainText("Buy milk");
    await server.start();
    await expect(tasks.waiting).not.toContainText("waiting", { timeout: 30_000 });
    const known = await tasksOf(page);
    expect(known.map(({ title }) => title)).toEqual(["Water the plants", "Buy milk"]);
    expect(known[1]?.completed_at).not.toBeNull();
  });

  test("a fault of ours is told with its number, taken back, and tried again", async ({
    page,
    server,
    problems,
  }) => {
    await signUp(page);
    await addTask(page, { title: "Buy milk" });
    const tasks = new TasksPage(page);
    await tasks.visit();
    problems.expectAnswer(500, "/fn/tasks/set-completed");
    await server.database.query("ALTER TABLE task RENAME COLUMN completed_at TO lost");
    await tasks.check("Buy milk").click();
    await expect(tasks.toasts).toContainText("Something went wrong on our side.");
    await expect(tasks.check("Buy milk")).not.toBeChecked();
    await expect(tasks.toasts.getByRole("button", { name: /Copy/ })).toBeVisible();
    await server.database.query("ALTER TABLE task RENAME COLUMN lost TO completed_at");
    await tasks.toasts.getByRole("button", { name: "Retry" }).click();
    await expect(tasks.check("Buy milk")).toBeChecked();
    await expect.poll(async () => (await tasksOf(page))[0]?.completed_at).not.toBeNull();
  });

  test("the database goes, changes wait, it comes back", async ({ page, server, problems }) => {
    await signUp(page);
    const tasks = new TasksPage(page);
    await tasks.visit();
    await tasks.add("One");
    await expect.poll(async () => (await tasksOf(page)).length).toBe(1);
    problems.expectAnswer(503, "/fn/tasks/add");
    await server.database.link.cut();
    await tasks.add("Two");
    await expect(tasks.waiting).toContainText("Your changes are waiting.");
    await server.database.link.restore();
    await expect(tasks.waiting).not.toContainText("waiting", { timeout: 30_000 });
    await expect.poll(async () => (await tasksOf(page)).length).toBe(2);
  });
});

test("an unknown task is not found by any door", async ({ page }) => {
  await signUp(page);
  for (const verb of ["get", "edit", "set-completed", "delete", "restore"]) {
    const answer = await ask(page, verb, { id: randomUUID(), title: "x", completed: "true" });
    expect([verb, answer.status()]).toEqual([verb, 404]);
  }
});

test.describe("where one may ask three times in ten seconds", () => {
  test.use({ serverEnvironment: { API_RATE_LIMIT: "3/10s" } });

  test("too many changes wait, and the seconds count down", async ({ page, problems }) => {
    await signUp(page);
    const tasks = new TasksPage(page);
    await tasks.visit();
    problems.expectAnswer(429, "/fn/tasks/add");
    await tasks.add("One", "Two", "Three", "Four");
    await expect(tasks.waiting).toContainText(/Try again in \d+ seconds?\./);
    await expect.poll(() => tasks.titles(tasks.open)).toEqual(["Four", "Three", "Two", "One"]);
    await expect(tasks.waiting).not.toContainText("Try again", { timeout: 30_000 });
  });
});

test("offline another part of the list cannot be fetched, and what there is stays", async ({
  page,
  problems,
}) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  problems.expect(/no answer|Failed to load resource/);
  await page.context().setOffline(true);
  await tasks.filter("Open").click();
  await expect(tasks.toasts).toContainText("You're offline.");
  await expect(tasks.title("Buy milk")).toBeVisible();
  await expect(tasks.newTask).toBeVisible();
  await page.context().setOffline(false);
  await tasks.check("Buy milk").click();
  await expect(page.getByText("Everything is done.")).toBeVisible();
});

test("a list that is slow to come is awaited with a line, and the one there is stays", async ({
  page,
}) => {
  await signUp(page);
  await addTask(page, { title: "Buy milk" });
  const tasks = new TasksPage(page);
  await tasks.visit();
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/fn/tasks/list", async (route) => {
    await released;
    await route.continue();
  });
  await tasks.filter("Done").click();
  const line = page.getByRole("progressbar", { name: "Loading" });
  await expect(line).toBeVisible();
  await expect(tasks.title("Buy milk")).toBeAttached();
  release();
  await expect(line).toBeHidden();
  await expect(page.getByText("Nothing is done yet.")).toBeVisible();
});
