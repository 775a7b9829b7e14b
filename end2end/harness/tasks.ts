// Tasks made and looked at past the page, as another device of the same person would.

import { randomUUID } from "node:crypto";

import { type APIResponse, expect, type Page } from "@playwright/test";

export interface Known {
  id: string;
  title: string;
  description: string;
  completed_at: number | null;
  version: number;
}

/** Calls a server function of tasks, and gives its answer. */
export async function ask(page: Page, verb: string, form: Record<string, string>): Promise<APIResponse> {
  return page.request.post(`/fn/tasks/${verb}`, {
    form,
    // As the page's own scripts would.
    headers: { accept: "application/json", "sec-fetch-site": "same-origin" },
  });
}

async function call(page: Page, verb: string, form: Record<string, string>): Promise<unknown> {
  const answer = await ask(page, verb, form);
  expect(answer.status(), await answer.text()).toBe(200);
  return answer.json();
}

/** Whoever `page` has signed in gets a task. */
export async function addTask(page: Page, fields: Record<string, string>): Promise<Known> {
  return (await call(page, "add", { id: randomUUID(), ...fields })) as Known;
}

export async function editTask(page: Page, id: string, fields: Record<string, string>): Promise<Known> {
  return (await call(page, "edit", { id, ...fields })) as Known;
}

export async function setCompleted(page: Page, id: string, completed: boolean): Promise<Known> {
  return (await call(page, "set-completed", { id, completed: String(completed) })) as Known;
}

export async function deleteTask(page: Page, id: string): Promise<void> {
  await call(page, "delete", { id });
}

/** What the server has, open and done, newest first. */
export async function tasksOf(page: Page): Promise<Known[]> {
  const form = { status: "all", sort: "created", search: "" };
  const board = (await call(page, "list", form)) as { open: { tasks: Known[] }; done: { tasks: Known[] } };
  return [...board.open.tasks, ...board.done.tasks];
}
