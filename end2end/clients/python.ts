// A service in Python that verifies tokens with PyJWT, for as long as a test asks it to.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import readline from "node:readline";

import { python } from "../harness/surroundings.ts";

export interface Verdict {
  /** The name of PyJWT's exception. */
  error?: string;
  header?: Record<string, unknown>;
  payload?: Record<string, unknown>;
}

export class PythonService {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  /** Of tokens that `issuer` makes for itself. */
  constructor(issuer: string) {
    const script = path.join(import.meta.dirname, "verify.py");
    const jwks = new URL("/api/auth/jwks", issuer).href;
    const child = spawn(python(), [script, jwks, issuer, issuer], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    this.#answers = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async verify(token: unknown): Promise<Verdict> {
    this.#child.stdin?.write(`${String(token)}\n`);
    const { done, value } = await this.#answers.next();
    if (done) {
      throw new Error("verify.py has ended");
    }
    return JSON.parse(value) as Verdict;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.stdin?.end();
    await ended;
  }
}
