// A thousand rows on one page. The page asks for fifty at a time, so its answer is replaced by one with all of them;
// what counts is the time from that answer's arrival to the frame that shows the rows.

import type { BrowserContext, Page, Route } from "@playwright/test";

import { ask } from "../harness/tasks.ts";
import { alive } from "./alive.ts";
import { type ByHand, byHand } from "./toggles.ts";

const ROWS = 1_000;
const RUNS = 5;
const FILTER = { all: "", open: "?status=pending" };

interface TaskPage {
  tasks: unknown[];
  next: string | null;
}

interface Board {
  open: TaskPage;
}

export async function firstRender(
  context: BrowserContext,
): Promise<{ milliseconds: number[]; rows: number; toggles: ByHand }> {
  const page = await alive(context, `/tasks${FILTER.all}`);
  const all = await everything(page);
  await page.route("**/fn/tasks/list*", (route) => withAll(route, all));
  const milliseconds: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    milliseconds.push(await timed(page, "Open"));
    // Few rows in between, so that every run makes them all anew.
    await page.getByRole("navigation", { name: "Filters" }).getByRole("link", { name: "Done" }).click();
    await page.waitForFunction((rows) => document.querySelectorAll("[data-task]").length < rows, ROWS);
  }
  await timed(page, "Open");
  const rows = await page.locator("[data-task]").count();
  return { milliseconds, rows, toggles: await byHand(page, 20) };
}

/** Every open task, by as many pages as it takes. */
async function everything(page: Page): Promise<unknown[]> {
  const query = { status: "pending", sort: "created", search: "" };
  const first = (await (await ask(page, "list", query)).json()) as Board;
  const tasks = [...first.open.tasks];
  let after = first.open.next;
  while (after && tasks.length < ROWS) {
    const more = (await (await ask(page, "list-more", { ...query, after })).json()) as TaskPage;
    tasks.push(...more.tasks);
    after = more.next;
  }
  return tasks.slice(0, ROWS);
}

async function withAll(route: Route, tasks: unknown[]): Promise<void> {
  const answer = await route.fetch();
  const board = (await answer.json()) as Board;
  if (board.open.tasks.length === 0) {
    return route.fulfill({ response: answer });
  }
  board.open = { tasks, next: null };
  return route.fulfill({ response: answer, json: board });
}

/** From the answer's arrival to after the frame with the last row, in milliseconds. */
async function timed(page: Page, filter: string): Promise<number> {
  const time = page.evaluate(
    (rows) =>
      new Promise<number>((resolve) => {
        const { fetch } = window;
        let arrived = Number.NaN;
        window.fetch = async (...all) => {
          const answer = await fetch(...all);
          if (answer.url.includes("/fn/tasks/list")) {
            await answer.clone().text();
            arrived = performance.now();
          }
          return answer;
        };
        const look = () => {
          if (document.querySelectorAll("[data-task]").length < rows) {
            requestAnimationFrame(look);
            return;
          }
          window.fetch = fetch;
          // A message comes after the frame has been painted.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now() - arrived);
          port2.postMessage(undefined);
        };
        requestAnimationFrame(look);
      }),
    ROWS,
  );
  await page.getByRole("navigation", { name: "Filters" }).getByRole("link", { name: filter }).click();
  return time;
}
