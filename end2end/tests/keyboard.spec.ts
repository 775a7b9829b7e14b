// Hands on the keyboard, and motion that can be turned off.

import { expect, type Page, test } from "../fixtures.ts";
import { Frame } from "../pages/frame.ts";
import { LandingPage } from "../pages/landing.ts";

test("the first stop is the link past the header", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(frame.skipLink).toBeFocused();
  await expect(frame.skipLink).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("Enter");
  await expect(frame.main).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(frame.main.locator(":focus")).toHaveCount(1);
});

test("Space and Enter tick the example", async ({ page }) => {
  const landing = new LandingPage(page);
  await landing.open();
  const before = await landing.doneBy();
  await tabTo(page, () =>
    landing.example.evaluate((element) => element === document.activeElement),
  );
  await page.keyboard.press("Space");
  await expect(landing.example).toBeChecked();
  await landing.expectDoneBy(before + 1);
  await expect(landing.example).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(landing.example).not.toBeChecked();
  await landing.expectDoneBy(before);
});

test("every stop of the Tab key can be seen", async ({ page }) => {
  await page.goto("/");
  const stops: string[] = [];
  for (;;) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    if (!stop || stops.includes(stop.name)) {
      break;
    }
    stops.push(stop.name);
    expect(stop, `the focus on ${stop.name}`).toMatchObject({ ring: true, visible: true });
  }
  expect(stops.length, stops.join(", ")).toBeGreaterThanOrEqual(8);
});

test("a theme is chosen by the keyboard", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/");
  await frame.theme("Dark").focus();
  await page.keyboard.press("Enter");
  await expect(frame.theme("Dark")).toHaveAttribute("aria-pressed", "true");
  await expect(frame.theme("Dark")).toBeFocused();
});

test("nothing moves for those who want it so", async ({ page }) => {
  const landing = new LandingPage(page);
  await landing.open();
  expect(await longestMotion(page)).toBeGreaterThan(50);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await expect.poll(() => longestMotion(page)).toBeLessThanOrEqual(1);
  await landing.example.click();
  await expect(landing.example).toBeChecked();
  expect(await longestMotion(page)).toBeLessThanOrEqual(1);
});

async function tabTo(page: Page, isThere: () => Promise<boolean>): Promise<void> {
  for (let stops = 0; stops < 30; stops += 1) {
    await page.keyboard.press("Tab");
    if (await isThere()) {
      return;
    }
  }
  throw new Error("the Tab key does not lead there");
}

/** What has the focus: none when it has left the page. */
function focused(page: Page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) {
      return null;
    }
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const words = element.getAttribute("aria-label") ?? element.textContent ?? "";
    // Two links may have the same words: where it stands tells them apart.
    const place = [...document.querySelectorAll("*")].indexOf(element);
    return {
      name: `${place} ${element.tagName} ${element.id} ${words.trim()}`,
      ring: style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2,
      visible:
        box.width > 0 &&
        box.height > 0 &&
        box.top >= 0 &&
        box.bottom <= innerHeight &&
        box.left >= 0,
    };
  });
}

/** The longest animation or transition that the page's styles would run, in milliseconds. */
function longestMotion(page: Page): Promise<number> {
  return page.evaluate(() => {
    const milliseconds = (list: string) =>
      list
        .split(",")
        .map((time) => Number.parseFloat(time) * (time.trim().endsWith("ms") ? 1 : 1000));
    const lengths = [...document.querySelectorAll("*")].flatMap((element) =>
      [null, "::before", "::after"].flatMap((part) => {
        const style = getComputedStyle(element, part);
        return [
          ...milliseconds(style.transitionDuration),
          ...(style.animationName === "none" ? [] : milliseconds(style.animationDuration)),
        ];
      }),
    );
    return Math.max(0, ...lengths);
  });
}
