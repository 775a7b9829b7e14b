// The frame itself: what it watches for must be noticed, or no other test means much. A declared problem
// that does not come fails the test, so each of these fails when the watch is broken.

import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { expect, test } from "../fixtures.ts";
import { Problems } from "../harness/problems.ts";
import { root } from "../harness/surroundings.ts";

test("these tests are well typed", async () => {
  const end2end = path.join(root, "end2end");
  const tsc = path.join(end2end, "node_modules/.bin/tsc");
  const { stdout } = await promisify(execFile)(tsc, ["--noEmit"], { cwd: end2end }).catch(
    (failure: { stdout: string }) => failure,
  );
  expect(stdout).toBe("");
});

test("a page is alive when goto and reload return", async ({ page, newVisitor }) => {
  await page.goto("/");
  expect(await page.evaluate(() => window.hydrated)).toBe(true);
  await page.reload();
  expect(await page.evaluate(() => window.hydrated)).toBe(true);
  const other = await newVisitor();
  await other.goto("/");
  expect(await other.evaluate(() => window.hydrated)).toBe(true);
});

test("the plain page runs no script", async ({ plainPage }) => {
  await plainPage.goto(
    "data:text/html,<title>plain</title><script>document.title = 'alive'</script>",
  );
  await expect(plainPage).toHaveTitle("plain");
});

test("words on the console are noticed", async ({ page, problems }) => {
  await page.goto("/");
  await page.evaluate(() => {
    console.error("an error of the test's");
    console.warn("a warning of the test's");
    console.log("idle talk");
  });
  problems.expect(/^console error: an error of the test's/);
  problems.expect(/^console warning: a warning of the test's/);
});

test("an uncaught error is noticed, and so is a promise that nobody catches", async ({
  page,
  problems,
}) => {
  await page.goto("/");
  await page.evaluate(() => {
    setTimeout(() => {
      throw new Error("thrown by the test");
    });
    void Promise.reject(new Error("rejected by the test"));
  });
  problems.expect(/^uncaught: .*thrown by the test/);
  problems.expect(/^uncaught: .*rejected by the test/);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
});

test("what the Content-Security-Policy forbids is noticed", async ({ page, problems }) => {
  await page.goto("/");
  await page.evaluate(async () => {
    // They are told a moment later, and in no order.
    const told = new Promise<void>((resolve) => {
      const awaited = new Set(["style-src-attr", "script-src-attr"]);
      addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
        awaited.delete(effectiveDirective);
        if (awaited.size === 0) {
          resolve();
        }
      });
    });
    const styled = document.createElement("p");
    styled.setAttribute("style", "color: red");
    const script = document.createElement("div");
    script.setAttribute("onclick", "alert()");
    document.body.append(styled, script);
    // Some browsers look at a handler only when it is about to run.
    script.click();
    await told;
  });
  problems.expect(/^console error: Content-Security-Policy: style-src-attr/);
  problems.expect(/^console error: Content-Security-Policy: script-src-attr/);
  problems.expect(/^console error: .*violates the following Content Security Policy directive/);
});

test("a request that fails or leaves the origin is noticed", async ({ page, problems }) => {
  await page.goto("/");
  await page.evaluate(() => fetch("/no/such/thing"));
  problems.expectAnswer(404, "/no/such/thing");
  await page.evaluate(() => fetch("https://stranger.example.org/").catch(() => undefined));
  problems.expect(/stranger\.example\.org/);
});

test("what is noticed and not declared is told, and so is what was declared and did not come", async ({
  browser,
  server,
  problems: _,
}) => {
  const problems = new Problems(server.url);
  const context = await browser.newContext();
  await problems.watch(context);
  const page = await context.newPage();
  await page.goto(server.url);
  await page.evaluate(() => console.error("undeclared"));
  problems.expect(/^uncaught: never/);
  await problems.settle(context);
  await context.close();
  expect(problems.undeclared()).toEqual([
    expect.stringMatching(/^console error: undeclared/),
    "expected, but did not come: ^uncaught: never",
  ]);
});
