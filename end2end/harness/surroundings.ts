// What `cargo xtask test` hands over. Nothing else in these tests reads the environment.

import path from "node:path";

export type Build = "release" | "dev";

export const root = path.resolve(import.meta.dirname, "../..");

/** The server's binary; its site stands beside it. */
export function binary(build: Build): string {
  return wanted(build === "release" ? "DONEWELL_BIN" : "DONEWELL_DEV_BIN");
}

/** A database of a Postgres in which we may create others. It must listen on a Unix socket. */
export function adminUrl(): URL {
  return new URL(wanted("DONEWELL_TEST_DATABASE_URL"));
}

/** `psql`, `createdb` or `dropdb` of that Postgres. */
export function postgresProgram(name: string): string {
  return path.join(wanted("DONEWELL_PG_BIN"), name);
}

/** Unset: Playwright's own browser. */
export function chromium(): string | undefined {
  return process.env["DONEWELL_CHROMIUM"] || undefined;
}

/** A Python with the packages of `clients/requirements.txt`. */
export function python(): string {
  return wanted("DONEWELL_PYTHON");
}

export function isCi(): boolean {
  return Boolean(process.env["CI"]);
}

/** Whether screenshots of every page are wanted instead of tests. */
export function takesScreenshots(): boolean {
  return process.env["SCREENSHOTS"] === "1";
}

/** Where the names of what has run go, if a profile is taken. */
export function profileFile(): string | undefined {
  return process.env["PROFILE"];
}

function wanted(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: start the browser tests with \`cargo xtask test e2e\``);
  }
  return value;
}
