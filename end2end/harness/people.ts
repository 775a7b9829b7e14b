// People who have an account, or are about to.

import { randomUUID } from "node:crypto";

import { expect, type Page } from "@playwright/test";

export interface Person {
  name: string;
  email: string;
  password: string;
}

/** Somebody no server knows yet. */
export function person(name = "Ada Lovelace"): Person {
  return { name, email: `ada-${randomUUID()}@example.org`, password: "seven violet ladders" };
}

/** Signs somebody up, past the pages: the browser of `page` is signed in then. */
export async function signUp(page: Page, somebody: Person = person()): Promise<Person> {
  await post(page, "/fn/auth/sign-up", { ...somebody });
  return somebody;
}

/** Signs somebody in, past the pages. */
export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await post(page, "/fn/auth/sign-in", { email, password, remember: "true" });
}

type NewVisitor = () => Promise<Page>;

/** Another browser of the same person. */
export async function signedIn(somebody: Person, newVisitor: NewVisitor): Promise<Page> {
  const other = await newVisitor();
  await signIn(other, somebody);
  return other;
}

/** Ends the session of `page`, from another browser of the same person. */
export async function endSession(page: Page, somebody: Person, newVisitor: NewVisitor): Promise<void> {
  const other = await signedIn(somebody, newVisitor);
  const ended = await other.request.post("/fn/auth/end-other-sessions", {
    headers: { accept: "application/json", "sec-fetch-site": "same-origin" },
  });
  expect(ended.status()).toBe(200);
  await expect.poll(async () => (await page.request.get("/api/auth/token")).status()).toBe(401);
}

async function post(page: Page, path: string, form: Record<string, string>): Promise<void> {
  const answer = await page.request.post(path, { form, headers: { accept: "application/json" } });
  expect(answer.status(), await answer.text()).toBe(200);
}
