// A web server of the test's that answers what it is told to, and remembers what it was asked for.

import http from "node:http";
import type { AddressInfo } from "node:net";

export class Listener {
  readonly url: string;
  /** The paths it was asked for. */
  readonly asked: string[] = [];
  /** What it answers with: JSON, another place to look, or a page. */
  answer: { json: unknown } | { location: string } | { text: string } | { html: string };
  readonly #server: http.Server;

  private constructor(server: http.Server, answer: Listener["answer"]) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.answer = answer;
    this.#server = server;
    server.on("request", ({ url = "" }, response) => {
      this.asked.push(url);
      if ("location" in this.answer) {
        response.writeHead(302, { location: this.answer.location }).end();
      } else if ("html" in this.answer) {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        response.end(this.answer.html);
      } else {
        const body = "text" in this.answer ? this.answer.text : JSON.stringify(this.answer.json);
        response.writeHead(200, { "content-type": "application/json" }).end(body);
      }
    });
  }

  static async start(answer: Listener["answer"]): Promise<Listener> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Listener(server, answer);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}
