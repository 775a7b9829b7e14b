// One's own account.

import { expect, test } from "../fixtures.ts";
import { person, signIn, signUp } from "../harness/people.ts";
import { AccountMenu, LoginPage } from "../pages/entry.ts";
import { SettingsPage } from "../pages/settings.ts";

const OTHER_PASSWORD = "nine amber harbours";

test("a new name shows at once, everywhere", async ({ page }) => {
  await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  const name = settings.profile.getByLabel("Name");
  await expect(name).toHaveValue("Ada Lovelace");
  await name.fill("Grace Hopper");
  await settings.profile.getByRole("button", { name: "Save" }).click();
  await expect(settings.messages).toContainText("Saved.");
  await expect(new AccountMenu(page).button).toContainText("Grace Hopper");
  await page.reload();
  await expect(name).toHaveValue("Grace Hopper");
});

test("without scripts a new name is kept too", async ({ plainPage }) => {
  await signUp(plainPage);
  const settings = new SettingsPage(plainPage);
  await settings.open();
  await settings.profile.getByLabel("Name").fill("Grace Hopper");
  await settings.profile.getByRole("button", { name: "Save" }).click();
  await expect(settings.main).toContainText("Saved.");
  await expect(settings.profile.getByLabel("Name")).toHaveValue("Grace Hopper");
});

test("a new password is set, and the fields forget both", async ({ page, newVisitor }) => {
  const somebody = await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  await settings.changePassword(somebody.password, OTHER_PASSWORD);
  await expect(settings.messages).toContainText("Your password is changed.");
  await expect(settings.password.getByLabel("Current password", { exact: true })).toHaveValue("");
  await expect(settings.password.getByLabel("New password", { exact: true })).toHaveValue("");
  await expect(settings.activity).toContainText("The password was changed");

  const other = await newVisitor();
  await new LoginPage(other).open();
  await new LoginPage(other).send({ ...somebody, password: OTHER_PASSWORD });
  await expect(other).toHaveURL("/tasks");
});

test("without the current password there is no new one", async ({
  page,
  plainPage,
  problems,
}) => {
  problems.expectAnswer(400, "/fn/auth/change-password");
  for (const visitor of [page, plainPage]) {
    await signUp(visitor);
    const settings = new SettingsPage(visitor);
    await settings.open();
    await settings.changePassword("eight violet ladders", OTHER_PASSWORD);
    await expect(
      settings.password.getByLabel("Current password", { exact: true }),
    ).toHaveAccessibleDescription(/That is not your password\./);
  }
});

test("without scripts a new password is set too", async ({ plainPage }) => {
  const { password } = await signUp(plainPage);
  const settings = new SettingsPage(plainPage);
  await settings.open();
  await settings.changePassword(password, OTHER_PASSWORD);
  await expect(settings.main).toContainText("Saved.");
  await expect(settings.activity).toContainText("The password was changed");
});

test("a new address is confirmed by the link that goes there", async ({
  page,
  mailbox,
  problems,
}) => {
  problems.expectAnswer(400, "/fn/auth/change-email");
  const { password } = await signUp(page);
  const { email } = person();
  const settings = new SettingsPage(page);
  await settings.open();
  await settings.email.getByLabel("New address").fill(email);
  await settings.email.getByLabel("Current password", { exact: true }).fill("not this one");
  await settings.email.getByRole("button", { name: "Change the address" }).click();
  await expect(
    settings.email.getByLabel("Current password", { exact: true }),
  ).toHaveAccessibleDescription(/That is not your password\./);
  await settings.email.getByLabel("Current password", { exact: true }).fill(password);
  await settings.email.getByRole("button", { name: "Change the address" }).click();
  await expect(settings.messages).toContainText("We've sent you a mail");
  await expect(settings.email.getByLabel("New address")).toHaveValue("");

  const link = await mailbox.link(email, /verify-email/);
  await page.goto(link.pathname + link.search);
  await page.getByRole("button", { name: "Confirm this address" }).click();
  await expect(page.getByText("Your address is confirmed.")).toBeVisible();
  await settings.open();
  await expect(settings.email).toContainText(email);
});

test("the form of a new password tells whose it is, to password managers only", async ({ page }) => {
  const { email } = await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  const account = settings.password.locator("input[autocomplete=username]");
  await expect(account).toHaveValue(email);
  await expect(account).toBeHidden();
  await expect(account).not.toHaveAttribute("name");
});

test("what is no address is said at the field", async ({ page }) => {
  await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  const field = settings.email.getByLabel("New address");
  await field.fill("nowhere");
  await settings.email.getByRole("button", { name: "Change the address" }).click();
  await expect(field).toHaveAccessibleDescription(/Enter an email address/);
  await expect(field).toBeFocused();
});

test("the link that confirms the address is sent again", async ({ page, mailbox }) => {
  const { email } = await signUp(page);
  await mailbox.link(email, /verify-email/);
  const settings = new SettingsPage(page);
  await settings.open();
  await expect(settings.email).toContainText("Not confirmed");
  await settings.email.getByRole("button", { name: "Send the link again" }).click();
  await expect(settings.messages).toContainText("We've sent you a mail");
  await mailbox.link(email, /verify-email/, 2);
});

for (const scripts of [true, false]) {
  test(`another browser is signed out from here, ${scripts ? "with" : "without"} scripts`, async ({
    newVisitor,
  }) => {
    const page = await newVisitor({ javaScriptEnabled: scripts });
    const somebody = await signUp(page);
    const [second, third] = [await newVisitor(), await newVisitor()];
    await signIn(second, somebody);
    await signIn(third, somebody);
    const settings = new SettingsPage(page);
    await settings.open();
    const rows = settings.sessions.getByRole("listitem");
    await expect(rows).toHaveCount(3);
    await expect(rows.first()).toContainText("This device");
    await expect(rows.first().getByRole("button")).toHaveCount(0);

    await rows.nth(1).getByRole("button", { name: /^Sign out / }).click();
    await expect(rows).toHaveCount(2);
    if (scripts) {
      await expect(settings.sessions.getByRole("list")).toBeFocused();
    }
    await settings.sessions.getByRole("button", { name: "Sign out all others" }).click();
    await expect(rows).toHaveCount(1);
    for (const other of [second, third]) {
      const answer = await other.request.get("/tasks", { maxRedirects: 0 });
      expect(answer.status()).toBe(302);
    }
    await page.reload();
    await expect(settings.heading).toHaveText("Settings");
  });
}

test("times are the same before and after the wasm takes over", async ({ page, plainPage }) => {
  const somebody = await signUp(page);
  await signIn(plainPage, somebody);
  const settings = new SettingsPage(page);
  await settings.open();
  const time = settings.activity.locator("time").first();
  await expect(time).toHaveText(/^\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC$/);
  await expect(time).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

for (const scripts of [true, false]) {
  test(`an account is deleted by who confirms it, ${scripts ? "with" : "without"} scripts`, async ({
    newVisitor,
    problems,
  }) => {
    const page = await newVisitor({ javaScriptEnabled: scripts });
    const somebody = await signUp(page);
    const settings = new SettingsPage(page);
    await settings.open();
    if (scripts) {
      problems.expectAnswer(400, "/fn/auth/delete-account");
    }
    await settings.deleteAccount(somebody.password, "grace@example.org");
    await expect(
      settings.deletion.getByLabel("Your address, to confirm"),
    ).toHaveAccessibleDescription(/Type your address exactly as it is shown\./);
    await settings.open();
    await settings.deleteAccount(somebody.password, somebody.email);
    await expect(page).toHaveURL("/");
    await expect(new AccountMenu(page).signIn).toBeVisible();

    const login = new LoginPage(page);
    await login.open();
    if (scripts) {
      problems.expectAnswer(401, "/fn/auth/sign-in");
    }
    await login.send(somebody);
    await expect(login.refusal).toContainText("Email and password don't match.");
  });
}

test("one's data can be taken along", async ({ page }) => {
  await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  const download = settings.data.getByRole("link", { name: "Download my data" });
  await expect(download).toHaveAttribute("href", "/account/data.json");
  await expect(download).toHaveAttribute("download", "");
});

test("both theme pickers show the same", async ({ page }) => {
  await signUp(page);
  const settings = new SettingsPage(page);
  await settings.open();
  const kept = page.waitForResponse("**/fn/theme/set");
  await settings.theme("Dark").first().click();
  await kept;
  for (const picker of await settings.theme("Dark").all()) {
    await expect(picker).toHaveAttribute("aria-pressed", "true");
  }
});
