// The way from a server to its database: a Unix socket of ours in front of Postgres' own, so that a test
// can take the database away and give it back without touching Postgres, which other tests use too.

import { rm } from "node:fs/promises";
import net from "node:net";
import path from "node:path";

const PORT = 5432;

export class Link {
  readonly #socket: string;
  readonly #target: string;
  readonly #open = new Set<net.Socket>();
  #listener: net.Server | undefined;
  #frozen = false;

  /** From `directory`, where a client finds `.s.PGSQL.5432`, to the socket `target`. */
  constructor(directory: string, target: string) {
    this.#socket = path.join(directory, `.s.PGSQL.${PORT}`);
    this.#target = target;
  }

  /** Lets connections through, from now on or again. */
  async restore(): Promise<void> {
    this.#frozen = false;
    for (const socket of this.#open) {
      socket.resume();
    }
    if (this.#listener) {
      return;
    }
    await rm(this.#socket, { force: true });
    const listener = net.createServer((client) => this.#connect(client));
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject).listen(this.#socket, resolve);
    });
    this.#listener = listener;
  }

  /** Breaks every connection, and refuses new ones. */
  async cut(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    const closed = new Promise<void>((resolve) => {
      if (listener) {
        listener.close(() => resolve());
      } else {
        resolve();
      }
    });
    for (const socket of this.#open) {
      socket.destroy();
    }
    await closed;
  }

  /** Keeps every connection, and lets nothing through: a database that has stopped to answer. */
  freeze(): void {
    this.#frozen = true;
    for (const socket of this.#open) {
      socket.pause();
    }
  }

  /** Whether something was sent to the frozen database. */
  get waiting(): boolean {
    return this.#frozen && [...this.#open].some((socket) => socket.readableLength > 0);
  }

  #connect(client: net.Socket): void {
    const database = net.connect(this.#target);
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      this.#open.add(from);
      from.on("data", (data) => to.write(data));
      // How it ended is for the server to notice; our part is to end the other half.
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#open.delete(from);
        to.destroy();
      });
      if (this.#frozen) {
        from.pause();
      }
    }
  }
}
