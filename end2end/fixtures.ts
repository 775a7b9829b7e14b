// What a test may ask for. `test` and `expect` come from here, never from Playwright: only so does a test
// run on a server of ours and fail on what the browser complains about.

import {
  type APIRequestContext,
  test as base,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Locator,
  type Page,
} from "@playwright/test";

import { waitForHydrationIn } from "./harness/hydration.ts";
import { Mailbox } from "./harness/mailbox.ts";
import { Problems } from "./harness/problems.ts";
import { profileIn, writeRan } from "./harness/profile.ts";
import { Server } from "./harness/server.ts";
import { type Build, profileFile } from "./harness/surroundings.ts";

export { type APIRequestContext, expect, type Locator, type Page };

export interface WorkerOptions {
  /** Which of the two builds; a project's choice. */
  build: Build;
}

interface WorkerFixtures {
  /** The server that the tests of a worker share, one after the other. */
  sharedServer: Server;
}

interface Options {
  /** Whether the test needs a server that it may stop, or take the database from. */
  ownServer: boolean;
  /** Variables for the server; with any, it is the test's own. */
  serverEnvironment: Record<string, string>;
}

interface Fixtures {
  /** The server that `page` and `request` speak to. */
  server: Server;
  /** Where a test declares the complaints that it provokes. */
  problems: Problems;
  /** What the server has mailed. */
  mailbox: Mailbox;
  /** Another person's browser, watched like `page`. */
  newVisitor: (options?: BrowserContextOptions) => Promise<Page>;
  /** A browser without scripts. */
  plainPage: Page;
}

export const test = base.extend<Fixtures & Options, WorkerFixtures & WorkerOptions>({
  build: ["release", { option: true, scope: "worker" }],

  sharedServer: [
    async ({ build }, use) => {
      const server = await Server.create(build);
      await use(server);
      await server.remove();
    },
    { scope: "worker" },
  ],

  ownServer: [false, { option: true }],
  serverEnvironment: [{}, { option: true }],

  server: async ({ ownServer, serverEnvironment, sharedServer, build }, use, testInfo) => {
    const own = ownServer || Object.keys(serverEnvironment).length > 0;
    const server = own ? await Server.create(build, serverEnvironment) : sharedServer;
    const start = own ? 0 : server.log.length;
    await use(server);
    if (own) {
      await server.remove();
    }
    const log = server.log.slice(start);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach("server.log", { body: log, contentType: "text/plain" });
    }
    expect(log, "the server panicked").not.toContain("panicked");
  },

  baseURL: async ({ server }, use) => {
    await use(server.url);
  },

  problems: async ({ server }, use) => {
    const problems = new Problems(server.url);
    await use(problems);
    expect(problems.undeclared(), "what the browser complained about").toEqual([]);
  },

  mailbox: async ({ server }, use) => {
    await use(new Mailbox(server.data));
  },

  context: async ({ context, problems, javaScriptEnabled }, use) => {
    await prepare(context, problems, javaScriptEnabled);
    await use(context);
    await settle(context, problems);
  },

  newVisitor: async ({ browser, baseURL, problems }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ ...(baseURL && { baseURL }), ...options });
      contexts.push(context);
      await prepare(context, problems, options.javaScriptEnabled);
      return context.newPage();
    });
    for (const context of contexts) {
      await settle(context, problems);
      await context.close();
    }
  },

  plainPage: async ({ newVisitor }, use) => {
    await use(await newVisitor({ javaScriptEnabled: false }));
  },
});

async function prepare(context: BrowserContext, problems: Problems, scripts = true): Promise<void> {
  await problems.watch(context);
  if (scripts) {
    await waitForHydrationIn(context);
  }
  const profile = profileFile();
  if (profile) {
    await profileIn(context, profile);
  }
}

async function settle(context: BrowserContext, problems: Problems): Promise<void> {
  await problems.settle(context);
  const profile = profileFile();
  if (profile) {
    await Promise.all(context.pages().map((page) => writeRan(page, profile)));
  }
}
