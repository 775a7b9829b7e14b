// What the account tests may ask for: the servers of `../fixtures.ts`, their mail, and visitors who use the
// official client. These tests ask far more often than a person would, so limits are off unless set.

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { expect, test as base } from "../fixtures.ts";
import { Mailbox } from "../harness/mailbox.ts";
import { Server } from "../harness/server.ts";
import { binary } from "../harness/surroundings.ts";
import { Visitor } from "./visitor.ts";

const run = promisify(execFile);

const AUTH_SECRET = "a secret that commands beside the server know";
const SETTINGS = {
  AUTH_SECRET,
  AUTH_RATE_LIMIT: "off",
  MAIL_RATE_LIMIT: "off",
  ADDRESS_RATE_LIMIT: "off",
  ACCOUNT_LOCKOUT: "off",
};

interface WorkerFixtures {
  /** The data directory of the worker's servers. */
  data: string;
}

interface Fixtures {
  /** More variables for the server; with any, it is the test's own. */
  settings: Record<string, string>;
  mailbox: Mailbox;
  /** Makes somebody with a client of their own, not signed in. */
  newcomer: () => Visitor;
  /** The first of them. */
  visitor: Visitor;
  /** Has another key sign, as an operator would while the server runs. */
  rotateKeys: () => Promise<void>;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  data: [
    async ({ build }, use) => {
      const directory = await mkdtemp(path.join(os.tmpdir(), `donewell-e2e-${build}-`));
      await use(directory);
      await rm(directory, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],

  sharedServer: [
    async ({ build, data }, use) => {
      const server = await Server.create(build, { ...SETTINGS, DONEWELL_DATA: data });
      await use(server);
      await server.remove();
    },
    { scope: "worker" },
  ],

  settings: [{}, { option: true }],

  serverEnvironment: async ({ settings, data }, use) => {
    const own = Object.keys(settings).length > 0;
    await use(own ? { ...SETTINGS, DONEWELL_DATA: data, ...settings } : {});
  },

  mailbox: async ({ data }, use) => {
    await use(new Mailbox(data));
  },

  newcomer: async ({ server }, use) => {
    await use(() => new Visitor(server.url));
  },

  visitor: async ({ newcomer }, use) => {
    await use(newcomer());
  },

  rotateKeys: async ({ build, data, server }, use) => {
    await use(async () => {
      const env = { DATABASE_URL: server.database.url, AUTH_SECRET };
      await run(binary(build), ["keys", "rotate"], { cwd: data, env });
    });
  },
});

export { expect };
