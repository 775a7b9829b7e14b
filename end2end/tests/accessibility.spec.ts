// axe, on every page of the release build, in either theme, on a desk and on a phone.

import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../harness/accessibility.ts";
import { signUp } from "../harness/people.ts";
import { AccountMenu, SignupPage } from "../pages/entry.ts";
import { LandingPage } from "../pages/landing.ts";
import { places, visit } from "../pages/places.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

for (const place of places("release")) {
  test(`axe finds nothing on the ${place.name}`, async ({ page, problems }) => {
    await page.setViewportSize(DESK);
    await visit(page, problems, place);
    await expectAccessible(page);
    await page.setViewportSize(PHONE);
    await expectAccessible(page);
  });
}

test("axe finds nothing on a form that is wrong", async ({ page }) => {
  const signup = new SignupPage(page);
  await signup.open();
  await signup.button("Sign up").click();
  await expect(signup.name).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
});

test("axe finds nothing on an open account menu", async ({ page }) => {
  await signUp(page);
  await page.goto("/tasks");
  const menu = new AccountMenu(page);
  await menu.button.click();
  await expect(menu.panel).toBeVisible();
  await expectAccessible(page);
});

test("axe finds nothing on a ticked row", async ({ page }) => {
  const landing = new LandingPage(page);
  await page.goto("/?done=true");
  await landing.example.hover();
  await expectAccessible(page);
});

test("what axe should find it finds", async ({ page }) => {
  await page.goto("/");
  await page.evaluate(() => document.querySelector("main")?.append(document.createElement("img")));
  await expect(expectAccessible(page)).rejects.toThrow(/image-alt/);
});

test("what axe should find in the dark it finds", async ({ page }) => {
  await page.goto("/");
  await page.evaluate(() => {
    const words = document.createElement("p");
    words.textContent = "ink on ink";
    words.style.color = "#222";
    document.querySelector("main")?.append(words);
  });
  await expect(expectAccessible(page)).rejects.toThrow(/color-contrast/);
});
