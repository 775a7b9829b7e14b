// Links from mails: to set a new password, and to confirm an address.

import { expect, test } from "../fixtures.ts";
import { person, signUp } from "../harness/people.ts";
import { AccountMenu, EntryPage, LoginPage } from "../pages/entry.ts";

const SENT = "If there is an account with this address, a mail with a link is on its way.";

for (const scripts of [true, false]) {
  test(`who forgot the password sets a new one, ${scripts ? "with" : "without"} scripts`, async ({
    newVisitor,
    mailbox,
  }) => {
    const somebody = await signUp(await newVisitor());
    const page = await newVisitor({ javaScriptEnabled: scripts });
    const forgot = new EntryPage(page);
    await page.goto("/login");
    await forgot.link("Forgot your password?").click();
    await expect(forgot.heading).toHaveText("Forgot your password?");
    await forgot.email.fill(somebody.email);
    await forgot.button("Send me a link").click();
    await expect(forgot.main).toContainText(SENT);

    const link = await mailbox.link(somebody.email, /reset-password/);
    await page.goto(link.pathname + link.search);
    const reset = new EntryPage(page);
    await reset.newPassword.fill("nine amber harbours");
    await reset.button("Set the password").click();
    await expect(page).toHaveURL("/login?reset=true");
    await expect(reset.main).toContainText("Your password is set. Sign in with it.");
    await new LoginPage(page).send({ ...somebody, password: "nine amber harbours" });
    await expect(page).toHaveURL("/tasks");

    await page.goto(link.pathname + link.search);
    await expect(reset.main).toContainText("This link is no longer good.");
    await expect(reset.newPassword).toHaveCount(0);
  });
}

test("nobody learns whether an address has an account", async ({ page, newVisitor }) => {
  const { email } = await signUp(await newVisitor());
  const pages: string[] = [];
  for (const address of [email, person().email]) {
    await page.goto("/forgot-password");
    const forgot = new EntryPage(page);
    await forgot.email.fill(address);
    await forgot.button("Send me a link").click();
    await expect(forgot.main).toContainText(SENT);
    pages.push(await forgot.main.innerText());
  }
  expect(pages[0]).toBe(pages[1]);
});

test("a new password that is too weak is refused, and the link stays good", async ({
  plainPage,
  newVisitor,
  mailbox,
}) => {
  const { email } = await signUp(await newVisitor());
  await plainPage.goto("/forgot-password");
  const reset = new EntryPage(plainPage);
  await reset.email.fill(email);
  await reset.button("Send me a link").click();
  const link = await mailbox.link(email, /reset-password/);
  await plainPage.goto(link.pathname + link.search);
  await reset.newPassword.fill("password123");
  await reset.button("Set the password").click();
  await expect(reset.newPassword).toHaveAccessibleDescription(/first passwords anybody would try/);
  await reset.newPassword.fill("nine amber harbours");
  await reset.button("Set the password").click();
  await expect(plainPage).toHaveURL("/login?reset=true");
});

test("a bad link says so, and leads to a new one", async ({ page }) => {
  await page.goto("/reset-password?token=none");
  const reset = new EntryPage(page);
  await expect(reset.main).toContainText("This link is no longer good.");
  await reset.link("Send me a link").click();
  await expect(page).toHaveURL("/forgot-password");
});

for (const scripts of [true, false]) {
  test(`an address is confirmed by a press, ${scripts ? "with" : "without"} scripts`, async ({
    newVisitor,
    mailbox,
  }) => {
    const page = await newVisitor({ javaScriptEnabled: scripts });
    const { email } = await signUp(page);
    const link = await mailbox.link(email, /verify-email/);
    // A program that looks at mail follows the link, and presses nothing.
    await page.request.get(link.pathname + link.search);

    await page.goto(link.pathname + link.search);
    const verify = new EntryPage(page);
    await verify.button("Confirm this address").click();
    await expect(verify.main).toContainText("Your address is confirmed.");
    await page.goto("/settings");
    await expect(page.getByRole("region", { name: "Email", exact: true })).toContainText(
      /(?<!Not )Confirmed/,
    );
    await expect(new AccountMenu(page).button).toBeVisible();
  });
}

test("a made-up link confirms nothing", async ({ page, problems }) => {
  await page.goto("/verify-email?token=none");
  const verify = new EntryPage(page);
  problems.expectAnswer(400, "/fn/auth/verify-email");
  await verify.button("Confirm this address").click();
  await expect(verify.refusal).toContainText("This link is no longer good.");
});
