// The live row when the database or the server is in trouble. Each test has a server of its own.

import { expect, test } from "../fixtures.ts";
import { LandingPage, SET_EXAMPLE_DONE } from "../pages/landing.ts";

const NO_DATABASE = "We can't reach our database. Try again in a moment.";
const OUR_FAULT = "Something went wrong on our side.";
const NO_NETWORK = "You're offline. Try again when you're connected.";

test.use({ ownServer: true });

test("a tick shows at once, and cannot be given again before the answer", async ({
  page,
  server,
}) => {
  const landing = new LandingPage(page);
  await landing.open();
  server.freeze();
  await landing.example.click();
  await expect(landing.example).toBeChecked();
  await expect(landing.example).toHaveAttribute("aria-disabled", "true");
  await landing.expectDoneBy(0);

  server.thaw();
  await landing.expectDoneBy(1);
  await expect(landing.example).toBeChecked();
  await expect(landing.example).not.toHaveAttribute("aria-disabled", "true");
});

test("without a database a tick is taken back with a word, until the database is there again", async ({
  page,
  server,
  problems,
}) => {
  const landing = new LandingPage(page);
  await landing.open();
  await server.database.link.cut();
  problems.expectAnswer(503, SET_EXAMPLE_DONE);
  await landing.example.click();
  await expect(landing.errors).toContainText(NO_DATABASE);
  await expect(landing.example).not.toBeChecked();

  await server.database.link.restore();
  await landing.example.click();
  await expect(landing.example).toBeChecked();
  await landing.expectDoneBy(1);
});

test("a database that has stopped to answer is given up after some seconds", async ({
  page,
  server,
  problems,
}) => {
  const landing = new LandingPage(page);
  await landing.open();
  server.database.link.freeze();
  problems.expectAnswer(503, SET_EXAMPLE_DONE);
  await landing.example.click();
  await expect(landing.errors).toContainText(NO_DATABASE, { timeout: 10_000 });
  await expect(landing.example).not.toBeChecked();
});

test("a fault of ours is told as one", async ({ page, server, problems }) => {
  const landing = new LandingPage(page);
  await landing.open();
  await refuseTicks(server);
  problems.expectAnswer(500, SET_EXAMPLE_DONE);
  await landing.example.click();
  await expect(landing.errors).toContainText(OUR_FAULT);
  await expect(landing.errors).not.toContainText("refused");
  await expect(landing.example).not.toBeChecked();
  await landing.expectDoneBy(0);
});

test("without scripts a refused tick is told in the row", async ({ plainPage, page, server }) => {
  const landing = new LandingPage(plainPage);
  await landing.open();
  await refuseTicks(server);
  await landing.example.click();
  await expect(landing.main).toContainText(OUR_FAULT);
  await expect(landing.example).not.toBeChecked();
  await landing.expectDoneBy(0);

  // Scripts may run after all, and find the same page.
  await page.goto(plainPage.url());
  await expect(new LandingPage(page).main).toContainText(OUR_FAULT);
});

test("an address cannot put words of its own on the page", async ({ page, plainPage }) => {
  const words = "Call this number at once";
  const query = new URLSearchParams({ __path: SET_EXAMPLE_DONE, __err: words });
  for (const visitor of [page, plainPage]) {
    await visitor.goto(`/?${query.toString()}`);
    const landing = new LandingPage(visitor);
    await expect(landing.heading).toBeVisible();
    await expect(landing.main).not.toContainText(words);
  }
});

test("without a database the page is there, says so, and answers 503", async ({
  page,
  server,
  problems,
}) => {
  const landing = new LandingPage(page);
  await server.database.link.cut();
  problems.expectAnswer(503, "/");
  const answer = await page.goto("/");
  expect(answer?.status()).toBe(503);
  expect(answer?.headers()["retry-after"]).toMatch(/^\d+$/);
  await expect(landing.heading).toBeVisible();
  await expect(landing.noCount).toBeVisible();

  await server.database.link.restore();
  await page.reload();
  await expect(landing.noCount).toBeHidden();
  await landing.expectDoneBy(0);
});

test("without a network a tick is taken back with a word, until the server is there again", async ({
  page,
  server,
  problems,
}) => {
  const landing = new LandingPage(page);
  await landing.open();
  await server.stop();
  problems.expectNoAnswer(SET_EXAMPLE_DONE);
  await landing.example.click();
  await expect(landing.errors).toContainText(NO_NETWORK);
  await expect(landing.example).not.toBeChecked();

  await server.start();
  await landing.example.click();
  await expect(landing.example).toBeChecked();
  await landing.expectDoneBy(1);
});

test("what was counted outlives the server, however it ended", async ({ page, server }) => {
  const landing = new LandingPage(page);
  await landing.open();
  await landing.example.click();
  await landing.expectDoneBy(1);
  await server.stop();
  await server.start();
  await page.reload();
  await landing.expectDoneBy(1);

  await server.kill();
  await server.start();
  await page.reload();
  await landing.expectDoneBy(1);
});

async function refuseTicks({ database }: { database: { query(sql: string): Promise<string> } }) {
  await database.query(
    "ALTER TABLE landing_example ADD CONSTRAINT refused CHECK (done_by < 0) NOT VALID",
  );
}
