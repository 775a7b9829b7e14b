// Tokens as nobody should make them.

import {
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign as signWith,
} from "node:crypto";

import { decodeJwt, decodeProtectedHeader } from "jose";

import type { Database } from "../harness/database.ts";

export type Json = Record<string, unknown>;

/** A token's three parts, `undefined` fields left out. */
export interface Parts {
  header: Json;
  payload: Json;
  signature: string;
}

export function partsOf(token: string): Parts {
  return {
    header: { ...decodeProtectedHeader(token) },
    payload: { ...decodeJwt(token) },
    signature: token.split(".")[2] ?? "",
  };
}

export function encode(part: unknown): string {
  return Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
}

/** What is signed. */
function inputOf(header: unknown, payload: unknown): string {
  return `${encode(header)}.${encode(payload)}`;
}

/** Signed with Ed25519, whatever the header says. */
export function signed(key: KeyObject, header: unknown, payload: unknown): string {
  const input = inputOf(header, payload);
  return `${input}.${signWith(null, Buffer.from(input), key).toString("base64url")}`;
}

/** "Signed" with a secret that both sides know. */
export function withSecret(hash: string, secret: Buffer | string, header: Json, payload: Json) {
  const input = inputOf(header, payload);
  return `${input}.${createHmac(hash, secret).update(input).digest("base64url")}`;
}

export function keyPair() {
  return generateKeyPairSync("ed25519");
}

/** A key that the server takes for one of its own, whose private half the test has. */
export class OwnKey {
  readonly kid = randomUUID();
  readonly #pair = keyPair();

  static async insert(database: Database): Promise<OwnKey> {
    const key = new OwnKey();
    const { x = "" } = key.#pair.publicKey.export({ format: "jwk" });
    const bytes = Buffer.from(x, "base64url").toString("hex");
    await database.query(
      `INSERT INTO signing_key (id, public_key, created_at, retired_at)
       VALUES ('${key.kid}', '\\x${bytes}', now(), now())`,
    );
    return key;
  }

  sign(payload: unknown, header: Json = {}): string {
    return signed(
      this.#pair.privateKey,
      { alg: "EdDSA", typ: "JWT", kid: this.kid, ...header },
      payload,
    );
  }
}
