// Every page there is, for what must hold on each of them. A new page is added here.

import type { Page } from "@playwright/test";

import type { Problems } from "../harness/problems.ts";
import type { Build } from "../harness/surroundings.ts";
import { NotFoundPage } from "./not_found.ts";

export interface Place {
  name: string;
  path: string;
  status: number;
}

const ALWAYS: Place[] = [
  { name: "landing page", path: "/", status: 200 },
  { name: "404 page", path: NotFoundPage.path, status: 404 },
];
const STYLEGUIDE: Place = { name: "style guide", path: "/styleguide", status: 200 };

export function places(build: Build): Place[] {
  return build === "dev" ? [...ALWAYS, STYLEGUIDE] : ALWAYS;
}

export async function visit(page: Page, problems: Problems, place: Place): Promise<void> {
  if (place.status >= 400) {
    problems.expectAnswer(place.status, place.path);
  }
  await page.goto(place.path);
}
