// axe, on every page of the release build, in either theme, on a desk and on a phone.

import { expect, test } from "../fixtures.ts";
import { expectAccessible } from "../harness/accessibility.ts";
import { signUp } from "../harness/people.ts";
import { AccountMenu, SignupPage } from "../pages/entry.ts";
import { LandingPage } from "../pages/landing.ts";
import { places, visit } from "../pages/places.ts";

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

for (const colorScheme of ["light", "dark"] as const) {
  for (const place of places("release")) {
    test(`axe finds nothing on the ${place.name}, ${colorScheme}`, async ({ page, problems }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const viewport of [DESK, PHONE]) {
        await page.setViewportSize(viewport);
        await visit(page, problems, place);
        await expectAccessible(page);
      }
    });
  }

  test(`axe finds nothing on a form that is wrong, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const signup = new SignupPage(page);
    await signup.open();
    await signup.button("Sign up").click();
    await expect(signup.name).toHaveAttribute("aria-invalid", "true");
    await expectAccessible(page);
  });

  test(`axe finds nothing on an open account menu, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await signUp(page);
    await page.goto("/tasks");
    const menu = new AccountMenu(page);
    await menu.button.click();
    await expect(menu.panel).toBeVisible();
    await expectAccessible(page);
  });

  test(`axe finds nothing on a ticked row, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const landing = new LandingPage(page);
    await page.goto("/?done=true");
    await landing.example.hover();
    await expectAccessible(page);
  });
}

test("what axe should find it finds", async ({ page }) => {
  await page.goto("/");
  await page.evaluate(() => document.querySelector("main")?.append(document.createElement("img")));
  await expect(expectAccessible(page)).rejects.toThrow(/image-alt/);
});
