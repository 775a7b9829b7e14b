// Every route of the server's that may change something, as its source has them: a new one cannot be
// forgotten.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { root } from "../harness/surroundings.ts";

/** The account routes, under `/api/auth`. */
export async function accountRoutes(): Promise<string[]> {
  const source = await readFile(path.join(root, "server/src/http/auth/mod.rs"), "utf8");
  return found(source.matchAll(/\.route\("([^"]+)", post\(/g)).map((route) => `/api/auth${route}`);
}

/** The server functions. */
export async function functionRoutes(): Promise<string[]> {
  const directory = path.join(root, "app/src");
  const names = await readdir(directory, { recursive: true });
  const files = names.filter((name) => name.endsWith(".rs"));
  const sources = await Promise.all(
    files.map((name) => readFile(path.join(directory, name), "utf8")),
  );
  const endpoints = sources.join("\n").matchAll(/#\[server\([^\]]*endpoint = "([^"]+)"/g);
  return found(endpoints).map((endpoint) => `/fn/${endpoint}`);
}

function found(matches: Iterable<RegExpMatchArray>): string[] {
  const routes = [...matches].map(([, route = ""]) => route);
  if (routes.length === 0) {
    throw new Error("no routes were found: the source has another form than this expects");
  }
  return routes.sort();
}
