// Every operation of the document, with requests that a program has made up: right ones and wrong ones.

import { expect, test } from "../../clients/fixtures.ts";
import { examine } from "../../clients/schemathesis.ts";

test.use({ settings: { API_RATE_LIMIT: "off" } });

test("the API keeps what its document promises", async ({ server, visitor }) => {
  test.setTimeout(150_000);
  await visitor.signUp();
  const { token } = await visitor.client.token().then(({ data }) => data ?? { token: "" });
  const report = await examine(server.url, token);
  expect(report).toMatch(/Tested: 11\n/);
  expect(report).toMatch(/^=+ No issues found/m);
});
