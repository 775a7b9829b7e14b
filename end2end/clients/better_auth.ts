// A real Better Auth server with its `jwt` plugin: the other issuer of our server's JWKS_URL.

import http from "node:http";
import type { AddressInfo } from "node:net";

import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";

import { person, Visitor } from "./visitor.ts";

export type Algorithm = "EdDSA" | "ES256" | "RS256";

export interface IssuerOptions {
  algorithm?: Algorithm;
  /** What it writes into `iss` and `aud` instead of its own address. */
  issuer?: string;
  audience?: string;
  /** The `sub` of every token. */
  subject?: string;
}

/** Its database. */
type Tables = Record<"user" | "session" | "account" | "verification" | "jwks", Row[]>;
type Row = Record<string, unknown>;

const DAY = 24 * 60 * 60;

export class BetterAuthServer {
  readonly url: string;
  readonly #listener: http.Server;
  readonly #tables: Tables;

  private constructor(url: string, listener: http.Server, tables: Tables) {
    this.url = url;
    this.#listener = listener;
    this.#tables = tables;
  }

  static async start(options: IssuerOptions = {}): Promise<BetterAuthServer> {
    const listener = http.createServer();
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const tables: Tables = { user: [], session: [], account: [], verification: [], jwks: [] };
    const handle = toNodeHandler(authOf(url, tables, options));
    listener.on("request", (request, response) => void handle(request, response));
    return new BetterAuthServer(url, listener, tables);
  }

  /** What our server is told of it. */
  get settings(): Record<string, string> {
    const JWKS_URL = new URL("/api/auth/jwks", this.url).href;
    return { JWKS_URL, JWT_ISSUER: this.url, JWT_AUDIENCE: this.url };
  }

  /** Somebody new who is signed in there. */
  async member(name = "Ada Lovelace"): Promise<Member> {
    const visitor = new Visitor(this.url);
    const { user } = await visitor.signUp({ ...person(), name });
    return new Member(visitor, user.id);
  }

  /** Has the next token signed with another key; the one before stays published. */
  rotate(): void {
    for (const key of this.#tables.jwks) {
      key["expiresAt"] = new Date();
    }
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#listener.close(resolve));
    this.#listener.closeAllConnections();
    await closed;
  }
}

/** Somebody who is signed in at a Better Auth server. */
export class Member {
  readonly #visitor: Visitor;

  constructor(
    visitor: Visitor,
    readonly id: string,
  ) {
    this.#visitor = visitor;
  }

  async token(): Promise<string> {
    const { data, error } = await this.#visitor.client.token();
    if (error) {
      throw new Error(`no token: ${JSON.stringify(error)}`);
    }
    return data.token;
  }
}

function authOf(url: string, tables: Tables, options: IssuerOptions) {
  const { algorithm = "EdDSA", issuer, audience, subject } = options;
  return betterAuth({
    baseURL: url,
    secret: "for end-to-end tests only, and long enough",
    database: memoryAdapter(tables),
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    emailAndPassword: { enabled: true },
    plugins: [
      jwt({
        jwks: { keyPairConfig: { alg: algorithm }, rotationInterval: DAY },
        jwt: {
          ...(issuer && { issuer }),
          ...(audience && { audience }),
          ...(subject && { getSubject: () => subject }),
        },
      }),
    ],
  });
}
