// How the wasm keeps its token: fetched once, renewed silently, gone when the session is.

import { expect, type Page, test } from "../fixtures.ts";
import { endSession, type Person, person, signUp } from "../harness/people.ts";
import { AccountMenu, EntryPage, LoginPage, SignupPage } from "../pages/entry.ts";
import { SettingsPage } from "../pages/settings.ts";

const TOKEN = "/api/auth/token";
const SET_NAME = "/fn/auth/set-name";
const SEND_AGAIN = "/fn/auth/send-verification";

async function opened(page: Page): Promise<SettingsPage> {
  await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  return settings;
}

async function save(settings: SettingsPage, name: string): Promise<void> {
  await settings.profile.getByLabel("Name").fill(name);
  await settings.profile.getByRole("button", { name: "Save" }).click();
}

/** How often `path` has been asked for since. */
function counted(page: Page, path: string): () => number {
  let count = 0;
  page.on("request", (request) => {
    count += Number(new URL(request.url()).pathname === path);
  });
  return () => count;
}

test("a token is fetched once and goes along with every call", async ({ page }) => {
  const settings = await opened(page);
  const fetched = counted(page, TOKEN);
  const sent = page.waitForRequest(`**${SET_NAME}`);
  await save(settings, "Grace");
  expect((await sent).headers()["authorization"]).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  await expect(settings.messages).toContainText("Saved.");
  await save(settings, "Grace Hopper");
  await expect(page.getByRole("banner")).toContainText("Grace Hopper");
  expect(fetched()).toBe(1);
});

test("many calls at once wait for one token", async ({ page }) => {
  const settings = await opened(page);
  const fetched = counted(page, TOKEN);
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(`**${TOKEN}`, async (route) => {
    await released;
    await route.continue();
  });
  const sent = [page.waitForResponse(`**${SET_NAME}`), page.waitForResponse(`**${SEND_AGAIN}`)];
  await save(settings, "Grace");
  await settings.email.getByRole("button", { name: "Send the link again" }).click();
  release();
  for (const answer of await Promise.all(sent)) {
    expect(answer.status()).toBe(200);
  }
  expect(fetched()).toBe(1);
});

test("no script can find the token", async ({ page }) => {
  const settings = await opened(page);
  await save(settings, "Grace");
  await expect(settings.messages).toContainText("Saved.");
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  expect(kept).toBe('[{},{},""]');
});

test("a token that is refused is renewed, and the call made again, in silence", async ({
  page,
  problems,
}) => {
  const settings = await opened(page);
  const fetched = counted(page, TOKEN);
  let refusals = 0;
  await page.route(`**${SET_NAME}`, async (route) => {
    refusals += 1;
    if (refusals > 1) {
      return route.continue();
    }
    return route.fulfill({
      status: 401,
      contentType: "application/json",
      body: JSON.stringify({ code: "UNAUTHORIZED" }),
    });
  });
  problems.expectAnswer(401, SET_NAME);
  await save(settings, "Grace Hopper");
  await expect(settings.messages).toContainText("Saved.");
  await expect(page.getByRole("banner")).toContainText("Grace Hopper");
  expect(fetched()).toBe(2);
});

test("a token about to end is renewed before it is used", async ({ page }) => {
  const settings = await opened(page);
  const fetched = counted(page, TOKEN);
  await save(settings, "Grace");
  await expect(page.getByRole("banner")).toContainText("Grace");
  expect(fetched()).toBe(1);
  const later = (minutes: number) =>
    page.evaluate((by) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + by;
    }, minutes * 60_000);
  await later(14);
  await save(settings, "Grace H.");
  await expect(page.getByRole("banner")).toContainText("Grace H.");
  expect(fetched()).toBe(1);
  await later(0.75);
  await save(settings, "Grace Hopper");
  await expect(page.getByRole("banner")).toContainText("Grace Hopper");
  expect(fetched()).toBe(2);
});

test("when the session has ended one is asked to sign in again, and comes back", async ({
  page,
  newVisitor,
  problems,
}) => {
  const somebody = await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  await endSession(page, somebody, newVisitor);

  problems.expectAnswer(401, TOKEN);
  await save(settings, "Grace");
  await expect(page).toHaveURL("/login?next=/settings");
  const login = new EntryPage(page);
  await expect(login.messages).toContainText("Your session has ended. Sign in again.");
  await login.email.fill(somebody.email);
  await login.password.fill(somebody.password);
  await login.button("Sign in").click();
  await expect(page).toHaveURL("/settings");
});

/** Has `page` on the settings, with `name` typed and lost to a session that another client has ended. */
async function lost(page: Page, newVisitor: () => Promise<Page>, somebody: Person, name: string): Promise<void> {
  const settings = new SettingsPage(page);
  await settings.open();
  await endSession(page, somebody, newVisitor);
  await save(settings, name);
  await expect(page).toHaveURL("/login?next=/settings");
}

const kept = (page: Page) => page.evaluate(() => JSON.stringify({ ...sessionStorage }));

test("what was typed when the session ended is there again after signing in", async ({
  page,
  newVisitor,
  problems,
}) => {
  const somebody = await signUp(page);
  problems.expectAnswer(401, TOKEN);
  await lost(page, newVisitor, somebody, "Grace <b>Hopper</b>");
  await new LoginPage(page).send(somebody);
  await expect(page).toHaveURL("/settings");
  const settings = new SettingsPage(page);
  const name = settings.profile.getByLabel("Name");
  await expect(name).toHaveValue("Grace <b>Hopper</b>");
  expect(await kept(page), "it is kept no longer").toBe("{}");
  await settings.profile.getByRole("button", { name: "Save" }).click();
  await expect(settings.messages).toContainText("Saved.");
  await expect(page.getByRole("banner")).toContainText("Grace <b>Hopper</b>");
  await page.reload();
  await expect(name).toHaveValue("Grace <b>Hopper</b>");
});

test("what was typed is there again after signing in by a whole new page", async ({
  page,
  newVisitor,
  problems,
}) => {
  const somebody = await signUp(page);
  problems.expectAnswer(401, TOKEN);
  await lost(page, newVisitor, somebody, "Grace");
  const { email, password } = somebody;
  const signedIn = await page.request.post("/fn/auth/sign-in", {
    form: { email, password },
    headers: { accept: "application/json", origin: new URL(page.url()).origin },
  });
  expect(signedIn.status()).toBe(200);
  await page.goto("/settings");
  const settings = new SettingsPage(page);
  await expect(settings.profile.getByLabel("Name")).toHaveValue("Grace");
});

test("what was typed is nobody else's", async ({ page, newVisitor, problems }) => {
  const somebody = await signUp(page);
  problems.expectAnswer(401, TOKEN);
  await lost(page, newVisitor, somebody, "A secret of Ada's");
  const login = new LoginPage(page);
  await login.link("Sign up").click();
  await new SignupPage(page).send(person("Mallory"));
  await expect(page).toHaveURL("/settings");
  const settings = new SettingsPage(page);
  await expect(settings.profile.getByLabel("Name")).toHaveValue("Mallory");
  expect(await kept(page), "and gone").toBe("{}");
});

test("no password is kept with what was typed, not even one that is shown", async ({
  page,
  newVisitor,
  problems,
}) => {
  const somebody = await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  await endSession(page, somebody, newVisitor);
  problems.expectAnswer(401, TOKEN);
  await settings.email.getByLabel("New address").fill("countess@example.org");
  const password = settings.email.getByLabel("Current password", { exact: true });
  await password.fill(somebody.password);
  await settings.email.getByRole("button", { name: "Show the password" }).click();
  await settings.email.getByRole("button", { name: "Change the address" }).click();
  await expect(page).toHaveURL("/login?next=/settings");
  const text = await kept(page);
  expect(text).toContain("countess@example.org");
  expect(text).not.toContain(somebody.password);
  await new LoginPage(page).send(somebody);
  await expect(settings.email.getByLabel("New address")).toHaveValue("countess@example.org");
  await expect(password).toHaveValue("");
});

test("what is half written in one form is kept when another one finds the session ended", async ({
  page,
  newVisitor,
  problems,
}) => {
  const somebody = await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  await endSession(page, somebody, newVisitor);
  problems.expectAnswer(401, TOKEN);
  const name = settings.profile.getByLabel("Name");
  await name.fill("Grace");
  await settings.changePassword(somebody.password, "nine amber harbours");
  await expect(page).toHaveURL("/login?next=/settings");
  const text = await kept(page);
  expect(text).not.toContain(somebody.password);
  expect(text).not.toContain("nine amber harbours");
  await new LoginPage(page).send(somebody);
  await expect(page).toHaveURL("/settings");
  await expect(name).toHaveValue("Grace");
});

test("who signs out leaves nothing behind that was typed", async ({
  page,
  newVisitor,
  problems,
}) => {
  const somebody = await signUp(page);
  problems.expectAnswer(401, TOKEN);
  await lost(page, newVisitor, somebody, "Grace");
  await page.goto("/login");
  await new LoginPage(page).send(somebody);
  await expect(page).toHaveURL("/tasks");
  expect(await kept(page)).toContain("Grace");
  await new AccountMenu(page).leave();
  await expect(page).toHaveURL("/");
  expect(await kept(page)).toBe("{}");
});

/** Signs somebody up as another tab would: the page knows nothing of it. */
async function signUpBeside(page: Page, somebody: Person): Promise<void> {
  const signedUp = await page.evaluate(async (fields) => {
    const headers = { accept: "application/json" };
    const body = new URLSearchParams(fields);
    return (await fetch("/fn/auth/sign-up", { method: "POST", headers, body })).status;
  }, Object.entries(somebody));
  expect(signedUp).toBe(200);
}

test("nobody acts for somebody else who has signed in since with this browser", async ({
  page,
}) => {
  const settings = await opened(page);
  await signUpBeside(page, person("Grace Hopper"));
  await save(settings, "Mallory");
  await expect(page).toHaveURL("/login?next=/settings");
  await page.goto("/settings");
  await expect(settings.profile.getByLabel("Name")).toHaveValue("Grace Hopper");
});

test("… nor after a new password, which begins another session", async ({
  page,
  problems,
}) => {
  const somebody = await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  await settings.changePassword(somebody.password, "nine amber harbours");
  await expect(settings.messages).toContainText("Your password is changed.");
  await signUpBeside(page, person("Grace Hopper"));
  // The token of the session that has just ended.
  problems.expectAnswer(401, SET_NAME);
  await save(settings, "Mallory");
  await expect(page).toHaveURL("/login?next=/settings");
});

test.describe("on a server of its own", () => {
  test.use({ ownServer: true });

  test("without a network the form says so, and keeps what was typed", async ({
    page,
    server,
    problems,
  }) => {
    const settings = await opened(page);
    await server.stop();
    problems.expectNoAnswer(TOKEN);
    await save(settings, "Grace");
    await expect(settings.profile.getByRole("alert")).toContainText("You're offline.");
    await expect(settings.profile.getByLabel("Name")).toHaveValue("Grace");
    await server.start();
    await settings.profile.getByRole("button", { name: "Save" }).click();
    await expect(settings.messages).toContainText("Saved.");
  });
});
