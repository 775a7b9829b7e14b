// What a browser complains about. A test fails on every complaint that it has not declared, and on every
// declared one that did not come.

import type { BrowserContext } from "@playwright/test";

// Only the page's own scripts see this event, and only some violations reach the console by themselves.
const TELL_VIOLATIONS = `addEventListener("securitypolicyviolation", (event) => {
  console.error("Content-Security-Policy: " + event.effectiveDirective + " forbids "
    + (event.blockedURI || "this") + " " + event.sample);
});`;

export class Problems {
  readonly #origin: string;
  readonly #settled = new WeakSet<BrowserContext>();
  readonly #seen: string[] = [];
  readonly #expected: { pattern: RegExp; met: boolean }[] = [];

  /** Pages may send requests to `origin` only. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Listens to every page of `context`. */
  async watch(context: BrowserContext): Promise<void> {
    await context.addInitScript(TELL_VIOLATIONS);
    const see = (problem: string) => {
      if (!this.#settled.has(context)) {
        this.#seen.push(problem);
      }
    };
    context.on("weberror", (problem) => {
      const error = problem.error();
      see(`uncaught: ${error.stack ?? error.message}`);
    });
    context.on("console", (message) => {
      if (["error", "warning", "assert"].includes(message.type())) {
        const { url } = message.location();
        see(`console ${message.type()}: ${message.text()} (${pathOf(url)})`);
      }
    });
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (
        ["http:", "https:", "ws:", "wss:"].includes(url.protocol) &&
        url.origin !== this.#origin
      ) {
        see(`request to a stranger: ${request.method()} ${url.href}`);
      }
    });
    context.on("response", (response) => {
      if (response.status() >= 400) {
        const method = response.request().method();
        see(`answer ${response.status()}: ${method} ${pathOf(response.url())}`);
      }
    });
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "";
      // The browser's own doing, when the test goes to another page.
      if (reason !== "net::ERR_ABORTED") {
        see(`no answer (${reason}): ${request.method()} ${pathOf(request.url())}`);
      }
    });
  }

  /** To be called before `context` is closed: what its pages have said so far has arrived after it. */
  async settle(context: BrowserContext): Promise<void> {
    // A page's answer comes after everything it has said before.
    const answers = context.pages().map((page) => page.evaluate("0").catch(() => undefined));
    await Promise.all(answers);
    this.#settled.add(context);
  }

  /** Declares an answer with this status, and what the browser writes to the console about it. */
  expectAnswer(status: number, path: string): void {
    const at = escaped(path);
    this.expect(new RegExp(`^answer ${status}: \\w+ ${at}$`));
    this.#expectEcho(new RegExp(`status of ${status} .*\\(${at}\\)$`));
  }

  /** Declares a request that nobody answers. */
  expectNoAnswer(path: string): void {
    const at = escaped(path);
    this.expect(new RegExp(`^no answer .*: \\w+ ${at}$`));
    this.#expectEcho(new RegExp(`Failed to load resource: net::.*\\(${at}\\)$`));
  }

  /** Declares any other problem. */
  expect(pattern: RegExp): void {
    this.#expected.push({ pattern, met: false });
  }

  /** What was seen and not declared, and what was declared and not seen. */
  undeclared(): string[] {
    const unexpected = this.#seen.filter((line) => {
      const declared = this.#expected.filter(({ pattern }) => pattern.test(line));
      declared.forEach((expected) => (expected.met = true));
      return declared.length === 0;
    });
    const missing = this.#expected
      .filter(({ met }) => !met)
      .map(({ pattern }) => `expected, but did not come: ${pattern.source}`);
    return [...unexpected, ...missing];
  }

  /** Browsers say it twice, but are free not to. */
  #expectEcho(pattern: RegExp): void {
    this.#expected.push({ pattern, met: true });
  }
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
