// The account routes without a client in between: what really goes over the wire.

import type { Visitor } from "./visitor.ts";

export interface Answer {
  /** What was asked for. */
  url: string;
  status: number;
  headers: Headers;
  text: string;
  /** The body, if it is JSON. */
  json: Record<string, unknown> | null;
}

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: RequestInit["body"];
}

/** Sends a request as `visitor` would, with the cookie and from our origin. */
export async function send(visitor: Visitor, route: string, sent: Sent = {}): Promise<Answer> {
  const cookie = visitor.jar.header();
  const response = await fetch(new URL(`/api/auth${route}`, visitor.url), {
    method: sent.method ?? (sent.body === undefined ? "GET" : "POST"),
    headers: { ...(cookie && { cookie, origin: visitor.url }), ...sent.headers },
    ...(sent.body !== undefined && { body: sent.body }),
    redirect: "manual",
  });
  visitor.jar.keep(response.headers.getSetCookie());
  const text = await response.text();
  return {
    url: response.url,
    status: response.status,
    headers: response.headers,
    text,
    json: parsed(text),
  };
}

/** Sends a body as JSON. */
export function sendJson(visitor: Visitor, route: string, body: unknown): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  return send(visitor, route, { body: JSON.stringify(body), headers });
}

/** Where a browser goes on to. */
export function whereTo({ headers, status, url }: Answer): string | null {
  const location = headers.get("location");
  return status === 302 && location !== null ? new URL(location, url).href : null;
}

function parsed(text: string): Answer["json"] {
  try {
    return JSON.parse(text) as Answer["json"];
  } catch {
    return null;
  }
}
