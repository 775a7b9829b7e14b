// Schemathesis, which makes up requests from our document and looks at every answer.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { python } from "../harness/surroundings.ts";

const run = promisify(execFile);
const LIMIT = 120_000;

// Whoever sends `If-Match` for another version is told so, and so is whoever uses a key for something else, or a cursor
// for another list: no schema can say which are good. Our own tests look at those answers.
const CONFIGURATION = `
warnings = false

[generation]
max-examples = 10
deterministic = true

[checks]
positive_data_acceptance.expected-statuses = ["2xx", "304", "401", "403", "404", "409", "412", "429", "503"]

[[operations]]
include-operation-id = "create_task"
[operations.checks]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422", "429", "503"]

[[operations]]
include-operation-id = "list_tasks"
[operations.checks]
positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "429", "503"]
`;

/** What it says at the end; every failure is told in it. */
export async function examine(url: string, token: string): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "donewell-schemathesis-"));
  try {
    const [, payload = ""] = token.split(".");
    const { sub } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { sub: string };
    // In somebody's own name, or nothing but 403 would be seen.
    const own = `${CONFIGURATION}\n[parameters]\n"path.user_id" = "${sub}"\n`;
    const configuration = path.join(directory, "schemathesis.toml");
    await writeFile(configuration, own);
    const program = path.join(path.dirname(python()), "schemathesis");
    const document = new URL("/api/openapi.json", url).href;
    const { stdout } = await run(
      program,
      [
        ...["--config-file", configuration, "run", document, "--checks", "all", "--no-color"],
        ...["--header", `Authorization: Bearer ${token}`, "--continue-on-failure"],
        ...["--generation-database", "none", "--suppress-health-check", "all"],
      ],
      { cwd: directory, timeout: LIMIT, maxBuffer: 16 * 1_024 * 1_024 },
    ).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? String(error) }));
    return stdout;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
