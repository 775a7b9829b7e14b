// What a supervisor asks.

import { expect, test } from "../fixtures.ts";

test("a server in good health lives and is ready", async ({ request }) => {
  const live = await request.get("/health/live");
  expect(live.status()).toBe(200);
  expect(live.headers()["cache-control"]).toBe("no-store");
  const ready = await request.get("/health/ready");
  expect(ready.status()).toBe(200);
  expect(await ready.json()).toMatchObject({ ready: true });
});

test.describe("on a server of its own", () => {
  test.use({ ownServer: true });

  test("without a database it lives but is not ready, until there is one again", async ({
    request,
    server,
  }) => {
    await server.database.link.cut();
    const away = await request.get("/health/ready");
    expect(away.status()).toBe(503);
    expect(await away.json()).toMatchObject({
      ready: false,
      why_not: expect.stringMatching(/database/),
    });
    expect((await request.get("/health/live")).status()).toBe(200);

    await server.database.link.restore();
    await expect.poll(async () => (await request.get("/health/ready")).status()).toBe(200);
  });

  test("it stops in order when asked to, and starts again", async ({ request, server }) => {
    await server.stop();
    await expect(request.get("/health/live")).rejects.toThrow(/ECONNREFUSED/);
    await server.start();
    expect((await request.get("/health/ready")).status()).toBe(200);
  });

  test("a request that runs is finished before the end", async ({ request, server }) => {
    server.database.link.freeze();
    const running = request.get("/health/ready");
    await expect.poll(() => server.database.link.waiting).toBe(true);
    const stopped = server.stop();
    await server.database.link.restore();
    expect((await running).status()).toBe(200);
    await stopped;
  });
});
