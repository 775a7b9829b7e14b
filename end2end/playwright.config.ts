import { defineConfig, type Project } from "@playwright/test";

import type { WorkerOptions } from "./fixtures.ts";
import { chromium, isCi, profileFile, root, takesScreenshots } from "./harness/surroundings.ts";

const executablePath = chromium();

export default defineConfig<object, WorkerOptions>({
  testDir: "tests",
  outputDir: `${root}/target/e2e`,
  fullyParallel: true,
  forbidOnly: isCi(),
  // What fails once has failed. The second try is there to leave a trace, which would cost every test a fifth of its time.
  retries: 1,
  failOnFlakyTests: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    locale: "en-GB",
    timezoneId: "UTC",
    trace: { mode: "on-first-retry", screenshots: false },
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        "--disable-gpu",
        // There is none: its process would only be one more to speak to.
        "--in-process-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: projects(),
});

function projects(): Project<object, WorkerOptions>[] {
  if (takesScreenshots()) {
    return [{ name: "screenshots", testMatch: /screenshots\.spec\.ts/, use: { build: "dev" } }];
  }
  if (profileFile()) {
    // What people do every day, with a network and without.
    return [{ name: "profile", testMatch: /(profile|tasks\/offline)\.spec\.ts/, use: { build: "release" } }];
  }
  return [
    {
      name: "release",
      testIgnore: /(screenshots|profile|styleguide)\.spec\.ts/,
      // What only the debug build can do.
      grepInvert: /@debug/,
      use: { build: "release" },
    },
    {
      // It warns where what the browser renders differs from what the server sent.
      name: "dev",
      testMatch: /(hydration|landing|not_found|styleguide|theme)\.spec\.ts/,
      use: { build: "dev" },
    },
  ];
}
