// A running `donewell`, as an operator would start it, with what a test may do to it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { Database } from "./database.ts";
import { binary, type Build } from "./surroundings.ts";

const READY = /^Donewell is ready: (\S+) \(listening on 127\.0\.0\.1:(\d+)\)$/m;
const START_LIMIT = 30_000;
// The server gives running requests ten seconds.
const STOP_LIMIT = 15_000;

export class Server {
  readonly database: Database;
  readonly #build: Build;
  readonly #environment: Record<string, string>;
  readonly #directory: string;
  #child: ChildProcess | undefined;
  #log = "";
  #url = "";
  #port = "0";

  private constructor(
    build: Build,
    environment: Record<string, string>,
    database: Database,
    directory: string,
  ) {
    this.#build = build;
    this.#environment = environment;
    this.database = database;
    this.#directory = directory;
  }

  /** A server on a database of its own, started. */
  static async create(build: Build, environment: Record<string, string> = {}): Promise<Server> {
    const directory = await mkdtemp(path.join(os.tmpdir(), "donewell-e2e-"));
    const server = new Server(build, environment, await Database.create(), directory);
    await server.start();
    return server;
  }

  /** Where people reach it; stays the same over a restart. */
  get url(): string {
    return this.#url;
  }

  /** Its data directory, where its mail goes too. */
  get data(): string {
    return path.join(this.#directory, "data");
  }

  /** Everything it has written so far, over all its starts. */
  get log(): string {
    return this.#log;
  }

  /** Starts it, again if need be, and returns when it is ready. */
  async start(): Promise<void> {
    // In an empty directory: no `.env` and no data of somebody else.
    const child = spawn(binary(this.#build), [], {
      cwd: this.#directory,
      env: {
        PATH: process.env["PATH"],
        NO_COLOR: "1",
        DATABASE_URL: this.database.url,
        AUTH_SECRET: "for end-to-end tests only, and long enough",
        DONEWELL_DATA: this.data,
        LEPTOS_SITE_ADDR: `127.0.0.1:${this.#port}`,
        // Tests ask far more often than a person would.
        AUTH_RATE_LIMIT: "off",
        MAIL_RATE_LIMIT: "off",
        ADDRESS_RATE_LIMIT: "off",
        ACCOUNT_LOCKOUT: "off",
        API_RATE_LIMIT: "off",
        ...this.#environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const leave = () => child.kill("SIGKILL");
    process.once("exit", leave);
    child.once("exit", () => process.removeListener("exit", leave));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#log += text));
    const [, url = "", port = "0"] = await this.#ready(child);
    this.#url = url;
    this.#port = port;
  }

  /** Asks it to stop, and expects it to do so in order. */
  async stop(): Promise<void> {
    const child = this.#running();
    const ended = once(child, "exit", { signal: AbortSignal.timeout(STOP_LIMIT) });
    child.kill("SIGTERM");
    const [code, signal] = await ended.catch(() => {
      child.kill("SIGKILL");
      throw new Error(`the server did not stop within ${STOP_LIMIT} ms\n${this.#log}`);
    });
    this.#child = undefined;
    if (code !== 0) {
      throw new Error(`the server ended with ${code ?? signal} instead of 0\n${this.#log}`);
    }
  }

  /** Ends it without a chance to do anything about it. */
  async kill(): Promise<void> {
    const child = this.#running();
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    this.#child = undefined;
  }

  /** Stops its clock: connections stay, nothing is answered. */
  freeze(): void {
    this.#running().kill("SIGSTOP");
  }

  thaw(): void {
    this.#running().kill("SIGCONT");
  }

  /** Stops it if it still runs, and removes everything it had. */
  async remove(): Promise<void> {
    try {
      if (this.#child) {
        this.thaw();
        await this.stop();
      }
    } finally {
      await this.database.drop();
      await rm(this.#directory, { recursive: true, force: true });
    }
  }

  #running(): ChildProcess {
    if (!this.#child) {
      throw new Error("the server does not run");
    }
    return this.#child;
  }

  #ready(child: ChildProcess): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const fail = (what: string) => {
        child.kill("SIGKILL");
        reject(new Error(`the server ${what}\n${this.#log}`));
      };
      const timer = setTimeout(() => fail(`was not ready within ${START_LIMIT} ms`), START_LIMIT);
      child.once("error", (error) => fail(`could not be started: ${error.message}`));
      child.once("exit", (code, signal) => {
        clearTimeout(timer);
        this.#child = undefined;
        fail(`ended with ${code ?? signal} before it was ready`);
      });
      let output = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        this.#log += text;
        output += text;
        const ready = output.match(READY);
        if (ready) {
          clearTimeout(timer);
          resolve(ready);
        }
      });
    });
  }
}
