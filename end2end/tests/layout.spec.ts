// What fits, what stays where it is, and what a finger can hit.

import { expect, test } from "../fixtures.ts";
import { places, visit } from "../pages/places.ts";

// 320 px is also 1280 px at 400 % zoom.
const WIDTHS = [320, 390, 768, 1440, 3840];

for (const place of places("release")) {
  test(`the ${place.name} fits every width`, async ({ page, problems }) => {
    await visit(page, problems, place);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return scrollWidth - clientWidth;
      });
      expect(wide, `px too wide at ${width} px`).toBeLessThanOrEqual(0);
    }
  });

  test(`nothing on the ${place.name} jumps while it loads`, async ({ newVisitor, problems }) => {
    for (const width of [390, 1440]) {
      // A window of that size from the first: one that is resized may not be done with it when the page comes.
      const page = await newVisitor({ viewport: { width, height: 800 } });
      await visit(page, problems, place);
      expect(await layoutShift(page), `layout shift at ${width} px`).toBe(0);
    }
  });

  test(`a finger can hit everything on the ${place.name}`, async ({ newVisitor, problems }) => {
    const page = await newVisitor({
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 844 },
    });
    await visit(page, problems, place);
    const buttons = page.getByRole("button").or(page.getByRole("checkbox"));
    const targets = await buttons.or(page.locator("a.button")).all();
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) {
      const box = await target.boundingBox();
      const name = await target.evaluate((element) => element.outerHTML.slice(0, 120));
      expect(Math.min(box?.width ?? 0, box?.height ?? 0), name).toBeGreaterThanOrEqual(44);
    }
  });
}

test("the layout shift of a page that jumps is noticed", async ({ page }) => {
  await page.goto("/");
  await page.evaluate(() => {
    const block = document.createElement("p");
    block.textContent = "pushed in late";
    document.querySelector("main")?.prepend(block);
  });
  await expect.poll(() => layoutShift(page)).toBeGreaterThan(0);
});

/** The sum of all shifts so far that no input has caused, up to a frame that has been painted. */
function layoutShift(page: { evaluate<T>(work: () => Promise<T>): Promise<T> }): Promise<number> {
  return page.evaluate(async () => {
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
    return new Promise<number>((resolve) => {
      let sum = 0;
      const add = (entries: PerformanceEntryList) => {
        for (const entry of entries as (PerformanceEntry & { value: number })[]) {
          sum += entry.value;
        }
      };
      const observer = new PerformanceObserver((list) => add(list.getEntries()));
      observer.observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => {
        setTimeout(() => {
          add(observer.takeRecords());
          observer.disconnect();
          resolve(sum);
        });
      });
    });
  });
}
