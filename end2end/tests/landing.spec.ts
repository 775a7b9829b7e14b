// The landing page and its live row, on a server in good health.

import { expect, test } from "../fixtures.ts";
import { LandingPage, SET_EXAMPLE_DONE } from "../pages/landing.ts";

test("the content stands in the HTML without any script", async ({ request }) => {
  const answer = await request.get("/");
  expect(answer.status()).toBe(200);
  const html = await answer.text();
  expect(html).toMatch(/<html lang="en"/);
  expect(html).toMatch(/<h1[^>]*>(<!--[^>]*-->)*A calm list for a full day\./);
  expect(html).toContain("ticked it off");
  expect(html).toContain("Run your own");
});

test("the page has a title and a description", async ({ page }) => {
  const landing = new LandingPage(page);
  await landing.open();
  await expect(page).toHaveTitle("Donewell: a to-do list on a server of your own");
  await expect(page.locator('meta[name="description"]')).toHaveAttribute("content", /to-do list/);
  await expect(landing.heading).toHaveText("A calm list for a full day.");
});

test("a tick is counted, outlives a reload, and is seen by others", async ({
  page,
  newVisitor,
}) => {
  const landing = new LandingPage(page);
  await landing.open();
  await expect(landing.example).not.toBeChecked();
  const before = await landing.doneBy();

  await landing.example.click();
  await expect(landing.example).toBeChecked();
  await landing.expectDoneBy(before + 1);

  await page.reload();
  await expect(landing.example).toBeChecked();
  await landing.expectDoneBy(before + 1);

  const other = new LandingPage(await newVisitor());
  await other.open();
  await expect(other.example).not.toBeChecked();
  await other.expectDoneBy(before + 1);
});

test("a tick can be taken back", async ({ page }) => {
  const landing = new LandingPage(page);
  await landing.open();
  const before = await landing.doneBy();

  await landing.example.click();
  await landing.expectDoneBy(before + 1);
  await landing.example.click();
  await expect(landing.example).not.toBeChecked();
  await landing.expectDoneBy(before);

  await page.reload();
  await expect(landing.example).not.toBeChecked();
});

test("a double click counts once", async ({ page, newVisitor }) => {
  const landing = new LandingPage(page);
  await landing.open();
  const before = await landing.doneBy();
  const sent: string[] = [];
  page.on("request", (request) => sent.push(new URL(request.url()).pathname));

  await landing.example.dblclick();
  await expect(landing.example).toBeChecked();
  await landing.expectDoneBy(before + 1);
  expect(sent.filter((path) => path === SET_EXAMPLE_DONE)).toHaveLength(1);

  const other = new LandingPage(await newVisitor());
  await other.open();
  await other.expectDoneBy(before + 1);
});

test("a click on the words ticks too", async ({ page }) => {
  const landing = new LandingPage(page);
  await landing.open();
  await page.getByText("Tick this off", { exact: true }).click();
  await expect(landing.example).toBeChecked();
});

test("the tally counts the live row along", async ({ page }) => {
  const landing = new LandingPage(page);
  await landing.open();
  await expect(page.getByText("1 of 6 done")).toBeVisible();
  await landing.example.click();
  await expect(page.getByText("2 of 6 done")).toBeVisible();
});

test("without scripts a tick works too", async ({ plainPage }) => {
  const landing = new LandingPage(plainPage);
  await landing.open();
  await expect(landing.example).not.toBeChecked();
  const before = await landing.doneBy();

  await landing.example.click();
  await expect(landing.example).toBeChecked();
  await landing.expectDoneBy(before + 1);
  await plainPage.reload();
  await expect(landing.example).toBeChecked();
  await landing.expectDoneBy(before + 1);

  await landing.example.click();
  await expect(landing.example).not.toBeChecked();
  await landing.expectDoneBy(before);
});

test("the command can be copied", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const landing = new LandingPage(page);
  await landing.open();
  await landing.run.getByRole("button", { name: "Copy the command" }).click();
  await expect(landing.messages).toContainText("Copied.");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("cargo xtask run");
});

test("without scripts there is no button that needs one", async ({ plainPage }) => {
  const landing = new LandingPage(plainPage);
  await landing.open();
  await expect(landing.run).toContainText("cargo xtask run");
  await expect(landing.run.getByRole("button")).toHaveCount(0);
});

test("the links of the first section lead to where they say", async ({ page }) => {
  const landing = new LandingPage(page);
  await landing.open();
  await page.getByRole("link", { name: "Run your own" }).click();
  await expect(landing.run).toBeInViewport();
  await expect(page).toHaveURL("/#run");
  await page.getByRole("link", { name: "Tick something off" }).click();
  await expect(landing.example).toBeInViewport();
});
