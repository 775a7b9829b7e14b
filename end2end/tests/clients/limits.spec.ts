// What somebody sees who tries too often, and that nobody else suffers for it. The periods are longer than
// the usual ones: what was used up comes back little by little, and a slow machine must make no difference.

import { expect, test } from "../../clients/fixtures.ts";
import { type Answer, send, sendJson } from "../../clients/raw.ts";
import { OTHER_PASSWORD, PASSWORD, person, type Visitor } from "../../clients/visitor.ts";

function expectToWait({ headers, json, status }: Answer, longest: number): void {
  expect(status).toBe(429);
  expect(json).toEqual({
    code: "TOO_MANY_REQUESTS",
    message: "Too many requests. Please try again later.",
  });
  const wait = headers.get("retry-after");
  expect(wait).toMatch(/^[1-9]\d*$/);
  expect(Number(wait)).toBeLessThanOrEqual(longest);
  expect(headers.get("x-retry-after")).toBe(wait);
}

function tryToSignIn(visitor: Visitor, email: string, password: string): Promise<Answer> {
  return sendJson(visitor, "/sign-in/email", { email, password });
}

async function statusesOf(attempts: number, attempt: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let count = 0; count < attempts; count += 1) {
    statuses.push((await attempt()).status);
  }
  return statuses;
}

test.describe("ten wrong passwords", () => {
  test.use({ settings: { ACCOUNT_LOCKOUT: "10/15m" } });

  test("lock the account, also for the right one, while its sessions go on", async ({
    newcomer,
    visitor,
  }) => {
    const { email, password } = await visitor.signUp();
    const other = await newcomer().signUp();
    const wrong = () => tryToSignIn(newcomer(), email, OTHER_PASSWORD);
    expect(await statusesOf(10, wrong)).toEqual(Array<number>(10).fill(401));
    expectToWait(await wrong(), 900);
    expectToWait(await tryToSignIn(newcomer(), email, password), 900);
    expectToWait(await tryToSignIn(newcomer(), email.toUpperCase(), password), 900);
    expect(await visitor.session()).not.toBeNull();
    expect((await tryToSignIn(newcomer(), other.email, other.password)).status).toBe(200);
  });

  test("for an address without an account are answered alike", async ({ newcomer }) => {
    const { email } = person();
    const wrong = () => tryToSignIn(newcomer(), email, OTHER_PASSWORD);
    expect(await statusesOf(10, wrong)).toEqual(Array<number>(10).fill(401));
    expectToWait(await wrong(), 900);
  });

  test("sent all at once are counted one by one", async ({ newcomer, visitor }) => {
    const { email } = await visitor.signUp();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => tryToSignIn(newcomer(), email, OTHER_PASSWORD)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  });

  test("do not lock it if the right one comes between", async ({ newcomer, visitor }) => {
    const { email, password } = await visitor.signUp();
    const wrong = () => tryToSignIn(newcomer(), email, OTHER_PASSWORD);
    expect(await statusesOf(9, wrong)).toEqual(Array<number>(9).fill(401));
    expect((await tryToSignIn(newcomer(), email, password)).status).toBe(200);
  });
});

test.describe("three attempts", () => {
  test.use({ settings: { AUTH_RATE_LIMIT: "3/10m" } });

  test("are followed by a wait, of which the client learns", async ({ visitor }) => {
    const attempt = { email: person().email, password: PASSWORD };
    for (let count = 0; count < 3; count += 1) {
      expect((await visitor.client.signIn.email(attempt)).error).toMatchObject({ status: 401 });
    }
    const waits: (string | null)[] = [];
    const { data, error } = await visitor.client.signIn.email(attempt, {
      onError: ({ response }) => void waits.push(response.headers.get("x-retry-after")),
    });
    expect(data).toBeNull();
    expect(error).toMatchObject({
      status: 429,
      code: "TOO_MANY_REQUESTS",
      message: expect.any(String),
    });
    expect(waits).toEqual([expect.stringMatching(/^[1-9]\d*$/)]);
  });

  test("at one account leave the others alone", async ({ newcomer, visitor }) => {
    const { email, password } = await visitor.signUp();
    // Signing up was the first.
    expect(await statusesOf(2, () => tryToSignIn(newcomer(), email, OTHER_PASSWORD))).toEqual([
      401, 401,
    ]);
    expectToWait(await tryToSignIn(newcomer(), email, password), 600);
    await newcomer().signUp();
    expect(await visitor.session()).not.toBeNull();
  });

  test("count for the change of a password too", async ({ visitor }) => {
    await visitor.signUp();
    const body = { currentPassword: OTHER_PASSWORD, newPassword: "another violet ladder" };
    const change = () => sendJson(visitor, "/change-password", body);
    expect(await statusesOf(2, change)).toEqual([400, 400]);
    expectToWait(await change(), 600);
  });

  test("are not got around by a forged address", async ({ newcomer }) => {
    const { email } = person();
    let count = 0;
    const attempt = () =>
      send(newcomer(), "/sign-in/email", {
        body: JSON.stringify({ email, password: PASSWORD }),
        headers: {
          "content-type": "application/json",
          "x-forwarded-for": `203.0.113.${(count += 1)}`,
          "x-real-ip": `203.0.113.${count}`,
          forwarded: `for=203.0.113.${count}`,
        },
      });
    expect(await statusesOf(4, attempt)).toEqual([401, 401, 401, 429]);
  });
});

test.describe("behind a proxy that we know", () => {
  test.use({ settings: { AUTH_RATE_LIMIT: "3/10m", TRUSTED_PROXIES: "127.0.0.1" } });

  test("each of its callers is limited alone, an IPv6 network as one", async ({ newcomer }) => {
    const { email } = person();
    const attempt = (address: string) => () =>
      send(newcomer(), "/sign-in/email", {
        body: JSON.stringify({ email, password: PASSWORD }),
        headers: { "content-type": "application/json", "x-forwarded-for": address },
      });
    expect(await statusesOf(4, attempt("203.0.113.7"))).toEqual([401, 401, 401, 429]);
    // What stands before the address that the proxy has added, anybody can write.
    expect(await statusesOf(1, attempt("198.51.100.1, 203.0.113.7"))).toEqual([429]);
    expect(await statusesOf(1, attempt("203.0.113.8"))).toEqual([401]);
    expect(await statusesOf(3, attempt("2001:db8:1:2::1"))).toEqual([401, 401, 401]);
    expect(await statusesOf(1, attempt("2001:db8:1:2:ffff::9"))).toEqual([429]);
    expect(await statusesOf(1, attempt("2001:db8:1:3::1"))).toEqual([401]);
  });

  test("a session remembers its caller's address, and an IPv6 network's", async ({ visitor }) => {
    const addressOf = async (address: string) => {
      const headers = { "content-type": "application/json", "x-forwarded-for": address };
      await send(visitor, "/sign-up/email", { body: JSON.stringify(person()), headers });
      return (await visitor.client.getSession()).data?.session.ipAddress;
    };
    expect(await addressOf("203.0.113.7")).toBe("203.0.113.7");
    expect(await addressOf("2001:db8:1:2:3:4:5:6")).toMatch(/^2001:0?db8:0*1:0*2:(?!0*3)/);
  });
});

test.describe("three mails", () => {
  test.use({ settings: { MAIL_RATE_LIMIT: "3/60m" } });

  test("are all that an address is sent, whether it has an account or not", async ({
    newcomer,
    visitor,
  }) => {
    const other = newcomer();
    const { email } = await other.signUp();
    for (const [route, address] of [
      ["/request-password-reset", person().email],
      ["/send-verification-email", person().email],
      ["/request-password-reset", email],
    ] as const) {
      const ask = () => sendJson(visitor, route, { email: address });
      const statuses = await statusesOf(4, ask);
      // Signing up may have sent the first.
      expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(3);
      expect(statuses[0]).toBe(200);
      expectToWait(await ask(), 3600);
    }
  });
});

test.describe("thirty requests", () => {
  test.use({ settings: { ADDRESS_RATE_LIMIT: "30/60m" } });

  test("are all that one caller may send, whatever the accounts", async ({ newcomer, visitor }) => {
    await visitor.signUp();
    const attempt = () => tryToSignIn(newcomer(), person().email, PASSWORD);
    const answers = await Promise.all(Array.from({ length: 40 }, attempt));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(11);
    refused.forEach((answer) => expectToWait(answer, 3600));
    expectToWait(await sendJson(newcomer(), "/request-password-reset", person()), 3600);
    expect(await visitor.session()).not.toBeNull();
  });
});
