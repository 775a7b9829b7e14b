// axe, with every rule of WCAG 2.2 AA and of good practice. Nothing is left out.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
// All that may differ where nothing but the colours does.
const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];

/** What stands there, in either theme. */
export async function expectAccessible(page: Page): Promise<void> {
  await wear(page, "light");
  await expectNothing(page, axe(page).withTags(RULES));
  await wear(page, "dark");
  await expectNothing(page, axe(page).withRules(RULES_OF_COLOUR));
  await page.emulateMedia({ colorScheme: null });
}

// The page may hear of it a moment later.
async function wear(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction(
    (query) => matchMedia(query).matches,
    `(prefers-color-scheme: ${colorScheme})`,
  );
}

// Without frames there is nothing to gather: what it calls its old way spares it a second page.
function axe(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode();
}

async function expectNothing(page: Page, builder: AxeBuilder): Promise<void> {
  const { violations } = await builder.analyze();
  const findings = violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}: ${node.failureSummary}`),
  );
  expect(findings, `what axe found on ${page.url()}`).toEqual([]);
}
