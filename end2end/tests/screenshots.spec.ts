// Pictures of every page for people to look at: `SCREENSHOTS=1`, never in a test run.

import path from "node:path";

import { test } from "../fixtures.ts";
import { root } from "../harness/surroundings.ts";
import { places, visit } from "../pages/places.ts";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [390, 768, 1440]) {
    for (const place of places("dev")) {
      test(`${place.name} ${colorScheme} ${width}`, async ({ page, problems }) => {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 900 });
        await visit(page, problems, place);
        const file = `${place.name.replaceAll(" ", "-")}-${width}-${colorScheme}.png`;
        await page.screenshot({
          path: path.join(root, "target/screenshots", file),
          fullPage: true,
        });
      });
    }
  }
}
