// A fresh database per server: made before it, dropped after it.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { Link } from "./link.ts";
import { adminUrl, postgresProgram } from "./surroundings.ts";

const run = promisify(execFile);

export class Database {
  /** What the server is given. It leads through `link`. */
  readonly url: string;
  readonly link: Link;
  readonly #name: string;
  readonly #directory: string;

  private constructor(name: string, directory: string) {
    const admin = adminUrl();
    this.#name = name;
    this.#directory = directory;
    this.link = new Link(directory, socketOf(admin));
    const url = new URL(admin);
    url.pathname = `/${name}`;
    url.port = "";
    url.search = new URLSearchParams({ host: directory }).toString();
    this.url = url.href;
  }

  static async create(): Promise<Database> {
    const name = `e2e_${randomBytes(6).toString("hex")}`;
    // Not below target/: the path of a Unix socket has at most some hundred characters.
    const directory = await mkdtemp(path.join(os.tmpdir(), "donewell-e2e-"));
    const database = new Database(name, directory);
    await run(postgresProgram("createdb"), ["--maintenance-db", adminUrl().href, name]);
    await database.link.restore();
    return database;
  }

  /** Runs SQL past the link, and gives the rows as `psql --tuples-only --no-align` prints them. */
  async query(sql: string): Promise<string> {
    const url = adminUrl();
    url.pathname = `/${this.#name}`;
    const options = ["--no-psqlrc", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"];
    const { stdout } = await run(postgresProgram("psql"), [...options, "--command", sql, url.href]);
    return stdout.trim();
  }

  async drop(): Promise<void> {
    await this.link.cut();
    await rm(this.#directory, { recursive: true, force: true });
    const admin = adminUrl().href;
    await run(postgresProgram("dropdb"), ["--force", "--maintenance-db", admin, this.#name]);
  }
}

function socketOf(url: URL): string {
  const directory = url.searchParams.get("host");
  if (!directory?.startsWith("/")) {
    throw new Error("DONEWELL_TEST_DATABASE_URL must name a Unix socket's directory as `host`");
  }
  return path.join(directory, `.s.PGSQL.${url.port || "5432"}`);
}
