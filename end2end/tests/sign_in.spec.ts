// Signing in, and who may see which page.

import { expect, test } from "../fixtures.ts";
import { type Person, person, signUp } from "../harness/people.ts";
import { AccountMenu, LoginPage, SignupPage } from "../pages/entry.ts";
import { TasksPage } from "../pages/tasks.ts";

const SIGN_IN = "/fn/auth/sign-in";

test("who has an account signs in", async ({ page, newVisitor }) => {
  const somebody = await signUp(await newVisitor());
  const login = new LoginPage(page);
  await login.open();
  await expect(login.remember).toBeChecked();
  await login.send(somebody);
  await expect(page).toHaveURL("/tasks");
  await expect(new TasksPage(page).newTask).toBeFocused();
  await expect(new AccountMenu(page).button).toContainText(somebody.name);
});

test("without scripts who has an account signs in too", async ({ plainPage, newVisitor }) => {
  const somebody = await signUp(await newVisitor());
  const login = new LoginPage(plainPage);
  await login.open();
  await login.send(somebody);
  await expect(plainPage).toHaveURL("/tasks");
});

test("who is not to be remembered is forgotten with the browser", async ({ page, newVisitor }) => {
  const somebody = await signUp(await newVisitor());
  const login = new LoginPage(page);
  const lasting = async () => {
    const cookies = await page.context().cookies();
    return cookies.filter(({ name, expires }) => name !== "utc_offset" && expires > 0).length;
  };
  await login.open();
  await login.remember.uncheck();
  await login.send(somebody);
  await expect(page).toHaveURL("/tasks");
  expect(await lasting()).toBe(0);

  await new AccountMenu(page).leave();
  await expect(page).toHaveURL("/");
  await login.open();
  await login.send(somebody);
  await expect(page).toHaveURL("/tasks");
  expect(await lasting()).toBe(1);
});

test("a wrong password is refused with a word", async ({ page, newVisitor, problems }) => {
  const { email } = await signUp(await newVisitor());
  const login = new LoginPage(page);
  await login.open();
  problems.expectAnswer(401, SIGN_IN);
  await login.send({ email, password: "eight violet ladders" });
  await expect(login.refusal).toContainText("Email and password don't match.");
  await expect(login.email).toHaveValue(email);
  await expect(page).toHaveURL("/login");
});

test("without scripts a wrong password is refused with a word", async ({ plainPage }) => {
  const login = new LoginPage(plainPage);
  await login.open();
  const somebody = person();
  await login.send(somebody);
  await expect(login.refusal).toContainText("Email and password don't match.");
  await expect(login.email, "it need not be typed again").toHaveValue(somebody.email);
  await expect(login.password).toHaveValue("");
  expect(plainPage.url()).not.toContain(encodeURIComponent(somebody.email));
  await plainPage.reload();
  await expect(login.email, "but only this once").toHaveValue("");
});

test("who wants a page that needs a session gets there after signing in", async ({
  page,
  plainPage,
  newVisitor,
}) => {
  const somebody = await signUp(await newVisitor());
  for (const visitor of [page, plainPage]) {
    await visitor.goto("/settings?from=here");
    await expect(visitor).toHaveURL("/login?next=/settings%3Ffrom%3Dhere");
    await new LoginPage(visitor).send(somebody);
    await expect(visitor).toHaveURL("/settings?from=here");
    await expect(new LoginPage(visitor).heading).toHaveText("Settings");
  }
});

test("where to go on survives the way from signing in to signing up", async ({ page }) => {
  await page.goto("/settings");
  const login = new LoginPage(page);
  await login.link("Sign up").click();
  const signup = new SignupPage(page);
  await expect(signup.heading).toHaveText("Sign up");
  await signup.send(person());
  await expect(page).toHaveURL("/settings");
});

const STRANGERS = [
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example/",
  "/\t/evil.example/",
  "\\\\evil.example/",
  "javascript:alert(1)",
  "settings",
];

for (const next of STRANGERS) {
  test(`${JSON.stringify(next)} is no page to go on to`, async ({
    page,
    plainPage,
    newVisitor,
    request,
  }) => {
    const somebody = await signUp(await newVisitor());
    const query = `?${new URLSearchParams({ next }).toString()}`;
    for (const visitor of [page, plainPage]) {
      const login = new LoginPage(visitor);
      await login.open(query);
      await login.send(somebody);
      await expect(visitor).toHaveURL("/tasks");
    }
    const answer = await sentPast(request, { ...somebody, next });
    expect(answer.headers()["location"]).toBe("/tasks");
    const again = await plainPage.request.get(`/login${query}`, { maxRedirects: 0 });
    expect(again.status()).toBe(302);
    expect(again.headers()["location"]).toBe("/tasks");
  });
}

for (const path of ["/tasks", "/settings", "/settings?a=1&b=%2F"]) {
  test(`without a session ${path} is nothing but the way to sign in`, async ({ request }) => {
    for (const accept of ["text/html", "*/*", "application/json"]) {
      const answer = await request.get(path, { maxRedirects: 0, headers: { accept } });
      expect(answer.status()).toBe(302);
      const location = answer.headers()["location"] ?? "";
      expect(new URLSearchParams(location.replace(/^\/login\?/, "")).get("next")).toBe(path);
      expect(await answer.text()).not.toMatch(/Where you're signed in|Your account is ready/);
    }
  });
}

for (const path of ["/", "/login", "/signup"]) {
  test(`with a session ${path} leads home`, async ({ page }) => {
    await signUp(page);
    const answer = await page.request.get(path, { maxRedirects: 0 });
    expect(answer.status()).toBe(302);
    expect(answer.headers()["location"]).toBe("/tasks");
  });
}

test("the first load is signed in, without another request", async ({ page }) => {
  const { name } = await signUp(page);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const answer = await page.goto("/settings");
  expect(await answer?.text()).toContain(name);
  await expect(new AccountMenu(page).button).toContainText(name);
  expect(asked.filter((path) => path.startsWith("/fn/") || path.startsWith("/api/"))).toEqual([]);
});

test("inside the application a page that needs a session asks for one", async ({ page }) => {
  const login = new LoginPage(page);
  await login.open();
  await page.evaluate(() => {
    const link = document.createElement("a");
    link.href = "/settings?a=1";
    link.textContent = "a link of the test's";
    document.querySelector("main")?.append(link);
  });
  await page.getByText("a link of the test's").click();
  await expect(page).toHaveURL("/login?next=/settings%3Fa%3D1");
  await expect(login.messages).toContainText("Sign in to continue.");
});

test.describe("where attempts are limited", () => {
  test.use({ serverEnvironment: { AUTH_RATE_LIMIT: "1/60s" } });

  test("the time to wait counts down", async ({ page, plainPage, problems }) => {
    const login = new LoginPage(page);
    await login.open();
    problems.expectAnswer(401, SIGN_IN);
    problems.expectAnswer(429, SIGN_IN);
    const somebody = person();
    await login.send(somebody);
    await expect(login.refusal).toContainText("don't match");
    await login.button("Sign in").click();
    const seen = login.refusal.locator("[aria-hidden]").getByText(/Try again in \d+ seconds/);
    await expect(seen).toBeVisible();
    const before = await seconds(seen);
    await expect.poll(() => seconds(seen)).toBeLessThan(before);

    const plain = new LoginPage(plainPage);
    await plain.open();
    await plain.send(somebody);
    await expect(plain.refusal).toContainText(/Try again in \d+ seconds/);
  });
});

async function seconds(text: { innerText(): Promise<string> }): Promise<number> {
  return Number((await text.innerText()).match(/\d+/)?.[0]);
}

interface Requests {
  post(
    path: string,
    options: object,
  ): Promise<{ status(): number; headers(): Record<string, string> }>;
}

/** Sends the form past its page, as a made-up page of another site would wish to. */
function sentPast(request: Requests, { email, password, next }: Person & { next: string }) {
  return request.post(SIGN_IN, {
    form: { email, password, next },
    headers: { accept: "text/html" },
    maxRedirects: 0,
  });
}
