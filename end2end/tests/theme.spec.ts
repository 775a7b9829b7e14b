// Light, dark, or as the system has it.

import { expect, type Page, test } from "../fixtures.ts";
import { Frame } from "../pages/frame.ts";
import { NotFoundPage } from "../pages/not_found.ts";

const SET_THEME = "/fn/theme/set";

test("the choice shows at once and is kept", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/");
  await expect(frame.theme("System")).toHaveAttribute("aria-pressed", "true");
  const light = await frame.ground();

  const kept = page.waitForResponse(`**${SET_THEME}`);
  await frame.theme("Dark").click();
  await expect(frame.theme("Dark")).toHaveAttribute("aria-pressed", "true");
  await expect(frame.theme("System")).toHaveAttribute("aria-pressed", "false");
  await expect.poll(() => frame.ground()).not.toBe(light);
  const dark = await frame.ground();
  await kept;

  await page.reload();
  expect(await frame.ground()).toBe(dark);
  await expect(frame.theme("Dark")).toHaveAttribute("aria-pressed", "true");
});

test("the server sends the chosen theme, so that no page shows the other first", async ({
  page,
}) => {
  const frame = new Frame(page);
  await page.goto("/");
  expect(await themeInHtml(page)).toBeUndefined();
  for (const [name, value] of [
    ["Dark", "dark"],
    ["Light", "light"],
    ["System", undefined],
  ] as const) {
    const kept = page.waitForResponse(`**${SET_THEME}`);
    await frame.theme(name).click();
    await kept;
    expect(await themeInHtml(page)).toBe(value);
  }
});

test("the system's theme is followed until one is chosen", async ({ page }) => {
  const frame = new Frame(page);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/");
  const light = await frame.ground();
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => frame.ground()).not.toBe(light);
  const dark = await frame.ground();

  await frame.theme("Light").click();
  await expect.poll(() => frame.ground()).toBe(light);
  await page.emulateMedia({ colorScheme: "light" });
  await frame.theme("Dark").click();
  await expect.poll(() => frame.ground()).toBe(dark);
  await frame.theme("System").click();
  await expect.poll(() => frame.ground()).toBe(light);
});

test("without scripts a theme can be chosen too, and the page stays", async ({
  plainPage,
  problems,
}) => {
  const frame = new Frame(plainPage);
  await plainPage.goto("/");
  await frame.theme("Dark").click();
  await expect(frame.theme("Dark")).toHaveAttribute("aria-pressed", "true");
  await expect(plainPage.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(plainPage).toHaveURL(/:\d+\/\??$/);

  problems.expectAnswer(404, NotFoundPage.path);
  await plainPage.goto(NotFoundPage.path);
  await expect(plainPage.locator("html")).toHaveAttribute("data-theme", "dark");
  await frame.theme("System").click();
  await expect(frame.theme("System")).toHaveAttribute("aria-pressed", "true");
  await expect(plainPage.locator("html")).not.toHaveAttribute("data-theme");
  await expect(plainPage).toHaveURL(new RegExp(`:\\d+${NotFoundPage.path}\\??$`));
});

test("a cookie that is no theme is no harm", async ({ page, context, baseURL }) => {
  await context.addCookies([{ name: "theme", value: "<script>", url: baseURL ?? "" }]);
  const frame = new Frame(page);
  await page.goto("/");
  await expect(frame.theme("System")).toHaveAttribute("aria-pressed", "true");
  expect(await themeInHtml(page)).toBeUndefined();
});

test("no script can read the cookie", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/");
  const kept = page.waitForResponse(`**${SET_THEME}`);
  await frame.theme("Dark").click();
  await kept;
  expect(await page.evaluate(() => document.cookie)).toBe("");
  const cookies = await page.context().cookies();
  expect(cookies).toEqual([
    expect.objectContaining({ name: "theme", value: "dark", httpOnly: true, sameSite: "Lax" }),
  ]);
});

test.describe("on a server of its own", () => {
  test.use({ ownServer: true });

  test("a choice that cannot be kept is taken back with a word", async ({
    page,
    server,
    problems,
  }) => {
    const frame = new Frame(page);
    await page.goto("/");
    const before = await frame.ground();
    await server.stop();
    problems.expectNoAnswer(SET_THEME);
    await frame.theme("Dark").click();
    await expect(frame.errors).toContainText("You're offline.");
    await expect(frame.theme("System")).toHaveAttribute("aria-pressed", "true");
    await expect.poll(() => frame.ground()).toBe(before);
  });
});

/** As the server writes it for this page's cookies, before any script. */
async function themeInHtml(page: Page): Promise<string | undefined> {
  const html = await (await page.request.get("/")).text();
  return html.match(/<html[^>]*\sdata-theme="([^"]*)"/)?.[1];
}
