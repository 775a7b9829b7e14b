// An address at which there is nothing, and the way from page to page.

import { expect, test } from "../fixtures.ts";
import { LandingPage } from "../pages/landing.ts";
import { NotFoundPage } from "../pages/not_found.ts";

test("nothing there is answered with 404, in words and with a way home", async ({
  page,
  problems,
}) => {
  const lost = new NotFoundPage(page);
  problems.expectAnswer(404, NotFoundPage.path);
  const answer = await page.goto(NotFoundPage.path);
  expect(answer?.status()).toBe(404);
  await expect(page).toHaveTitle("Page not found · Donewell");
  await expect(lost.heading).toHaveText("Page not found");
  await lost.wayHome.click();
  await expect(page).toHaveURL("/");
  await expect(new LandingPage(page).example).toBeVisible();
});

test("without scripts the way home works too", async ({ plainPage, problems }) => {
  problems.expectAnswer(404, NotFoundPage.path);
  await plainPage.goto(NotFoundPage.path);
  await new NotFoundPage(plainPage).wayHome.click();
  await expect(plainPage).toHaveURL("/");
  await expect(new LandingPage(plainPage).example).toBeVisible();
});

test("a navigation moves the focus to the heading and announces the title", async ({
  page,
  problems,
}) => {
  const lost = new NotFoundPage(page);
  const landing = new LandingPage(page);
  problems.expectAnswer(404, NotFoundPage.path);
  await page.goto(NotFoundPage.path);
  await expect(lost.heading).not.toBeFocused();
  const documents: string[] = [];
  page.on("request", (request) => {
    if (request.isNavigationRequest()) {
      documents.push(request.url());
    }
  });

  await lost.home.click();
  await expect(landing.heading).toHaveText("A calm list for a full day.");
  await expect(landing.heading).toBeFocused();
  const announced = page.locator("[aria-live=polite]");
  await expect(announced).toHaveText("Donewell: a to-do list on a server of your own");

  await page.goBack();
  await expect(lost.heading).toHaveText("Page not found");
  await expect(lost.heading).toBeFocused();
  await expect(announced).toHaveText("Page not found · Donewell");
  expect(documents, "the router has changed the page, not the browser").toEqual([]);
});

test("the example can be ticked after a navigation", async ({ page, problems }) => {
  problems.expectAnswer(404, NotFoundPage.path);
  await page.goto(NotFoundPage.path);
  await new NotFoundPage(page).wayHome.click();
  const landing = new LandingPage(page);
  const before = await landing.doneBy();
  await landing.example.click();
  await expect(landing.example).toBeChecked();
  await landing.expectDoneBy(before + 1);
});
