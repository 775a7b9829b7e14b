// Somebody who uses the official Better Auth client, unchanged, from a program.

import { randomUUID } from "node:crypto";

import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";

export const PASSWORD = "seven violet ladders";
export const OTHER_PASSWORD = "nine amber harbours";

export interface Person {
  name: string;
  email: string;
  password: string;
}

/** Somebody no server knows yet. */
export function person(): Person {
  return { name: "Ada Lovelace", email: `ada-${randomUUID()}@example.org`, password: PASSWORD };
}

function clientOf(url: string, origin: () => string | null, jar: CookieJar) {
  return createAuthClient({
    baseURL: url,
    plugins: [jwtClient()],
    fetchOptions: {
      customFetchImpl: async (input, init) => {
        const headers = new Headers(init?.headers);
        const cookies = jar.header();
        if (cookies) {
          headers.set("cookie", cookies);
        }
        // A browser sends it by itself; Node has none.
        const from = origin();
        if (from !== null) {
          headers.set("origin", from);
        }
        const response = await fetch(input, { ...init, headers });
        jar.keep(response.headers.getSetCookie());
        return response;
      },
    },
  });
}

export class Visitor {
  readonly jar = new CookieJar();
  readonly client: ReturnType<typeof clientOf>;
  /** What is sent as `Origin`; `null` sends none. */
  origin: string | null;

  constructor(readonly url: string) {
    this.origin = url;
    this.client = clientOf(url, () => this.origin, this.jar);
  }

  /** Signs up somebody new, who is then signed in. */
  async signUp(somebody: Person = person()) {
    const { data, error } = await this.client.signUp.email(somebody);
    if (error) {
      throw new Error(`sign-up failed: ${JSON.stringify(error)}`);
    }
    return { ...somebody, user: data.user, token: data.token };
  }

  async signIn({ email, password }: Pick<Person, "email" | "password">) {
    const { data, error } = await this.client.signIn.email({ email, password });
    if (error) {
      throw new Error(`sign-in failed: ${JSON.stringify(error)}`);
    }
    return data;
  }

  /** The handle of this visitor's session, or `null` if there is none. */
  async session(): Promise<string | null> {
    const { data, error } = await this.client.getSession();
    if (error) {
      throw new Error(`get-session failed: ${JSON.stringify(error)}`);
    }
    return data?.session.token ?? null;
  }

  /** Sends a body that the client's types or its choice of method would not let through. */
  post(path: string, body: unknown) {
    return this.client.$fetch(path, { method: "POST", body });
  }

  /** Another program with the same cookies. */
  double(): Visitor {
    const double = new Visitor(this.url);
    double.jar.copy(this.jar);
    return double;
  }
}

class CookieJar {
  readonly #values = new Map<string, string>();
  /** Every `Set-Cookie` of the last answer that had any. */
  last: string[] = [];

  keep(lines: string[]): void {
    if (lines.length > 0) {
      this.last = lines;
    }
    for (const line of lines) {
      const [pair = "", ...attributes] = line.split(/;\s*/);
      const name = pair.slice(0, pair.indexOf("="));
      const over = attributes.some((attribute) => /^max-age=(0|-\d+)$/i.test(attribute));
      if (over) {
        this.#values.delete(name);
      } else {
        this.#values.set(name, pair.slice(name.length + 1));
      }
    }
  }

  header(): string {
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Puts `value` into every cookie there is. */
  forge(value: string): void {
    for (const name of this.#values.keys()) {
      this.#values.set(name, value);
    }
  }

  copy(other: CookieJar): void {
    other.#values.forEach((value, name) => this.#values.set(name, value));
  }
}
