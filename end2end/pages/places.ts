// Every page there is, for what must hold on each of them. A new page is added here.

import type { BrowserContext, Page } from "@playwright/test";

import { signUp } from "../harness/people.ts";
import { addTask } from "../harness/tasks.ts";
import type { Problems } from "../harness/problems.ts";
import type { Build } from "../harness/surroundings.ts";
import { NotFoundPage } from "./not_found.ts";

export interface Place {
  name: string;
  path: string;
  status: number;
  /** Only people who are signed in come here. */
  forMembers?: boolean;
  /** There is a task; its id takes the place of `:task` in the path. */
  withTask?: boolean;
  /** A dialog lies over it, and nothing else can be reached. */
  isModal?: boolean;
}

const ALWAYS: Place[] = [
  { name: "landing page", path: "/", status: 200 },
  { name: "sign-up page", path: "/signup", status: 200 },
  { name: "sign-up page after a mail", path: "/signup?sent=true", status: 200 },
  { name: "sign-in page", path: "/login", status: 200 },
  { name: "page of a forgotten password", path: "/forgot-password?sent=true", status: 200 },
  { name: "page of a bad reset link", path: "/reset-password?token=none", status: 200 },
  { name: "page of a verification link", path: "/verify-email?token=none", status: 200 },
  { name: "page of a verified address", path: "/verify-email?done=true", status: 200 },
  { name: "empty list", path: "/tasks", status: 200, forMembers: true },
  { name: "list", path: "/tasks?status=pending", status: 200, forMembers: true, withTask: true },
  {
    name: "details of a task",
    path: "/tasks/:task",
    status: 200,
    forMembers: true,
    withTask: true,
    isModal: true,
  },
  { name: "settings", path: "/settings", status: 200, forMembers: true },
  { name: "404 page", path: NotFoundPage.path, status: 404 },
];
const STYLEGUIDE: Place = { name: "style guide", path: "/styleguide", status: 200 };

export function places(build: Build): Place[] {
  return build === "dev" ? [...ALWAYS, STYLEGUIDE] : ALWAYS;
}

const signedIn = new WeakSet<BrowserContext>();

export async function visit(page: Page, problems: Problems, place: Place): Promise<void> {
  if (place.forMembers && !signedIn.has(page.context())) {
    await signUp(page);
    signedIn.add(page.context());
  }
  if (place.status >= 400) {
    problems.expectAnswer(place.status, place.path);
  }
  await page.goto(place.withTask ? await pathWithTask(page, place) : place.path);
}

async function pathWithTask(page: Page, place: Place): Promise<string> {
  const fields = { title: "Buy milk", description: "Two litres", due_date: "2031-05-01" };
  return place.path.replace(":task", (await addTask(page, fields)).id);
}
