// The mail that a server without SMTP leaves as `.eml` files.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { expect } from "@playwright/test";

export class Mailbox {
  readonly #directory: string;

  /** Over the `mail` directory of a server's data directory. */
  constructor(data: string) {
    this.#directory = path.join(data, "mail");
  }

  /** The texts of all mail to `address` so far. */
  async texts(address: string): Promise<string[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const files = names.filter((name) => name.endsWith(".eml")).sort();
    const messages = await Promise.all(
      files.map((name) => readFile(path.join(this.#directory, name), "latin1")),
    );
    return messages.filter((message) => isTo(message, address)).map(plainText);
  }

  /** Waits until `address` has `count` mails with a link that matches, and gives the last such link. */
  async link(address: string, pattern: RegExp, count = 1): Promise<URL> {
    let links: string[] = [];
    await expect
      .poll(
        async () => {
          const texts = await this.texts(address);
          links = texts.flatMap((text) => text.match(/https?:\/\/[^\s<>"]+/g) ?? []);
          links = links.filter((link) => pattern.test(link));
          return links.length;
        },
        { message: `mail to ${address} with a link like ${pattern}`, timeout: 10_000 },
      )
      .toBeGreaterThanOrEqual(count);
    return new URL(links.at(-1) ?? "");
  }

  async resetToken(address: string, count = 1): Promise<string> {
    return tokenIn(await this.link(address, /reset-password/, count));
  }

  /** How many links to verify it `address` has been sent. */
  async verificationLinks(address: string): Promise<number> {
    return (await this.texts(address)).join().match(/verify-email/g)?.length ?? 0;
  }

  async verificationToken(address: string, count = 1): Promise<string> {
    return tokenIn(await this.link(address, /verify-email/, count));
  }
}

// It stands in the query of a page of ours, or in the path of Better Auth's redirecting link.
function tokenIn(link: URL): string {
  const token = link.searchParams.get("token") ?? link.pathname.split("/").at(-1);
  if (!token) {
    throw new Error(`no token in ${link.href}`);
  }
  return token;
}

function isTo(message: string, address: string): boolean {
  return (header(message, "to") ?? "").toLowerCase().includes(address.toLowerCase());
}

/** The `text/plain` part, decoded; empty for a message that is not complete yet. */
function plainText(message: string): string {
  const type = header(message, "content-type") ?? "text/plain";
  const body = message.replace(/^[\s\S]*?\r?\n\r?\n/, "");
  const boundary = type.match(/boundary="?([^";]+)"?/i)?.[1];
  if (boundary) {
    const parts = body.split(`--${boundary}`).slice(1, -1);
    return parts.map((part) => plainText(part.replace(/^\r?\n/, ""))).find(Boolean) ?? "";
  }
  if (!/^text\/plain/i.test(type)) {
    return "";
  }
  switch (header(message, "content-transfer-encoding")?.toLowerCase()) {
    case "base64":
      return Buffer.from(body, "base64").toString("utf8");
    case "quoted-printable":
      return fromQuotedPrintable(body);
    default:
      return Buffer.from(body, "latin1").toString("utf8");
  }
}

function header(message: string, name: string): string | undefined {
  const [head = ""] = message.split(/\r?\n\r?\n/, 1);
  const unfolded = head.replace(/\r?\n[ \t]+/g, " ");
  return unfolded.match(new RegExp(`^${name}:\\s*(.*?)\\s*$`, "im"))?.[1];
}

function fromQuotedPrintable(text: string): string {
  const bytes = text
    .replace(/=\r?\n/g, "")
    .replace(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
