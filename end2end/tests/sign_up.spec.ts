// Signing up, with the page's wasm and without.

import { expect, test } from "../fixtures.ts";
import { person, signUp } from "../harness/people.ts";
import { AccountMenu, SignupPage } from "../pages/entry.ts";
import { TasksPage } from "../pages/tasks.ts";

const SIGN_UP = "/fn/auth/sign-up";

test("somebody new signs up and is at home", async ({ page }) => {
  const signup = new SignupPage(page);
  await signup.open();
  await signup.send(person("Grace Hopper"));
  await expect(page).toHaveURL("/tasks");
  await expect(signup.heading).toHaveText("Your tasks");
  await expect(new TasksPage(page).newTask).toBeFocused();
  await expect(page).toHaveTitle("Your tasks · Donewell");
  const menu = new AccountMenu(page);
  await expect(menu.button).toContainText("Grace Hopper");

  await page.reload();
  await expect(signup.heading).toHaveText("Your tasks");
  await expect(menu.button).toContainText("Grace Hopper");
});

test("without scripts somebody new signs up too", async ({ plainPage }) => {
  const signup = new SignupPage(plainPage);
  await signup.open();
  await signup.send(person("Grace Hopper"));
  await expect(plainPage).toHaveURL("/tasks");
  await expect(signup.heading).toHaveText("Your tasks");
  await expect(new AccountMenu(plainPage).button).toContainText("Grace Hopper");
});

test("by the keyboard alone somebody new signs up", async ({ page }) => {
  const somebody = person();
  const signup = new SignupPage(page);
  await signup.open();
  await signup.name.focus();
  await page.keyboard.type(somebody.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(somebody.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(somebody.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/tasks");
  await expect(new TasksPage(page).newTask).toBeFocused();
});

test("every field says what is wrong with it, and the first has the focus", async ({ page }) => {
  const signup = new SignupPage(page);
  await signup.open();
  await signup.send({ name: " ", email: "ada@example", password: "short" });
  await expect(signup.name).toHaveAccessibleDescription(/Enter a name/);
  await expect(signup.email).toHaveAccessibleDescription(/Enter an email address/);
  await expect(signup.password).toHaveAccessibleDescription(/Use at least 8 characters\./);
  await expect(signup.name).toBeFocused();
  for (const field of [signup.name, signup.email, signup.password]) {
    await expect(field).toHaveAttribute("aria-invalid", "true");
  }
  await expect(page).toHaveURL("/signup");
});

test("what only the server knows is said at its field too", async ({
  page,
  newVisitor,
  problems,
}) => {
  const known = await signUp(await newVisitor());
  const signup = new SignupPage(page);
  await signup.open();
  problems.expectAnswer(422, SIGN_UP);
  await signup.send(known);
  await expect(signup.email).toHaveAccessibleDescription(/an account with this address already/);
  await expect(signup.email).toBeFocused();

  problems.expectAnswer(400, SIGN_UP);
  await signup.send({ ...person(), password: "password123" });
  await expect(signup.password).toHaveAccessibleDescription(/first passwords anybody would try/);
  await expect(signup.password).toBeFocused();
  await expect(signup.email).not.toHaveAttribute("aria-invalid");
});

test("without scripts an error comes back to its field", async ({ plainPage, page }) => {
  const signup = new SignupPage(plainPage);
  await signup.open("?next=/settings");
  await signup.send({ ...person(), password: "password123" });
  await expect(signup.heading).toHaveText("Sign up");
  await expect(signup.password).toHaveAccessibleDescription(/first passwords anybody would try/);

  // Where to go on is not lost on the way, and a page with scripts shows the same.
  await page.goto(plainPage.url());
  const other = new SignupPage(page);
  await expect(other.password).toHaveAccessibleDescription(/first passwords anybody would try/);
  await other.send(person());
  await expect(page).toHaveURL("/settings");
});

test("without scripts name and address need not be typed again, whatever they are", async ({
  plainPage,
}) => {
  const signup = new SignupPage(plainPage);
  await signup.open();
  const somebody = { ...person('"><script>alert(1)</script>; Path=/'), password: "password123" };
  await signup.send(somebody);
  await expect(signup.password).toHaveAccessibleDescription(/first passwords anybody would try/);
  await expect(signup.name).toHaveValue(somebody.name);
  await expect(signup.email).toHaveValue(somebody.email);
  await expect(signup.password).toHaveValue("");
  await signup.password.fill("seven violet ladders");
  await signup.button("Sign up").click();
  await expect(plainPage).toHaveURL("/tasks");
  await expect(new AccountMenu(plainPage).button).toContainText(somebody.name);
});

test("what came back stays in its fields when the scripts run", async ({ page, server }) => {
  const somebody = { ...person(), password: "password123" };
  const answer = await page.request.post("/fn/auth/sign-up", {
    form: somebody,
    headers: { accept: "text/html", origin: server.url, referer: `${server.url}/signup` },
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(302);
  await page.goto(answer.headers()["location"] ?? "");
  const signup = new SignupPage(page);
  await expect(signup.name).toHaveValue(somebody.name);
  await expect(signup.email).toHaveValue(somebody.email);
  await signup.password.fill("seven violet ladders");
  await signup.button("Sign up").click();
  await expect(page).toHaveURL("/tasks");
});

test("the password is shown to those who want to see it", async ({ page }) => {
  const signup = new SignupPage(page);
  await signup.open();
  await signup.password.fill("seven violet ladders");
  await expect(signup.password).toHaveAttribute("type", "password");
  await signup.button("Show the password").click();
  await expect(signup.password).toHaveAttribute("type", "text");
  await expect(signup.password).toHaveValue("seven violet ladders");
  await signup.button("Hide the password").click();
  await expect(signup.password).toHaveAttribute("type", "password");
});

test("browsers and password managers are told what the fields are for", async ({ page }) => {
  const signup = new SignupPage(page);
  await signup.open();
  await expect(signup.name).toHaveAttribute("autocomplete", "name");
  await expect(signup.email).toHaveAttribute("autocomplete", "email");
  await expect(signup.email).toHaveAttribute("type", "email");
  await expect(signup.password).toHaveAttribute("autocomplete", "new-password");
});

for (const name of ["<script>alert(1)</script>", "</title><b>bold</b>", "Robert'); --"]) {
  test(`${name} is a name like any other`, async ({ page }) => {
    const signup = new SignupPage(page);
    await signup.open();
    await signup.send(person(name));
    await expect(page).toHaveURL("/tasks");
    const menu = new AccountMenu(page);
    await expect(menu.button).toContainText(name);

    await page.goto("/settings");
    await expect(menu.button).toContainText(name);
    await expect(page.getByRole("region", { name: "Profile" }).getByLabel("Name")).toHaveValue(name);
    await expect(page).toHaveTitle("Settings · Donewell");
  });
}

test.describe("where an address must be confirmed first", () => {
  test.use({ serverEnvironment: { REQUIRE_EMAIL_VERIFICATION: "true" } });

  test("one is told to look into one's mail, with scripts and without", async ({
    page,
    plainPage,
  }) => {
    for (const visitor of [page, plainPage]) {
      const signup = new SignupPage(visitor);
      await signup.open();
      await signup.send(person());
      await expect(signup.heading).toHaveText("Check your mail");
    }
    await expect(plainPage).toHaveURL("/signup?sent=true");
  });
});
