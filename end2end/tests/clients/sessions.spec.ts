// The official client's list of sessions, and the ways to end them.

import { expect, test } from "../../clients/fixtures.ts";
import { type Visitor } from "../../clients/visitor.ts";

const UNAUTHORIZED = { status: 401, code: "UNAUTHORIZED", message: "Unauthorized" };

async function handlesOf(visitor: Visitor): Promise<string[]> {
  const { data, error } = await visitor.client.listSessions();
  expect(error).toBeNull();
  return (data ?? []).map(({ token }) => token);
}

async function handleOf(visitor: Visitor): Promise<string> {
  const handle = await visitor.session();
  if (handle === null) {
    throw new Error("there is no session");
  }
  return handle;
}

test("the list has every session of this user and nobody else's", async ({ newcomer, visitor }) => {
  const ada = await visitor.signUp();
  const [elsewhere, stranger] = [newcomer(), newcomer()];
  await elsewhere.signIn(ada);
  await stranger.signUp();
  const { data } = await visitor.client.listSessions();
  const mine = (await visitor.client.getSession()).data?.session;
  expect(data).toContainEqual(mine);
  expect(data?.map(({ token }) => token).sort()).toEqual(
    [await handleOf(visitor), await handleOf(elsewhere)].sort(),
  );
  expect(data?.map(({ userId }) => userId)).toEqual([ada.user.id, ada.user.id]);
});

test("what the list names a session by is no credential", async ({ visitor }) => {
  await visitor.signUp();
  const handle = await handleOf(visitor);
  expect(visitor.jar.header()).not.toContain(handle);
  visitor.jar.forge(handle);
  expect(await visitor.session()).toBeNull();
});

test("a revoked session is over at once, and this one goes on", async ({ newcomer, visitor }) => {
  const ada = await visitor.signUp();
  const elsewhere = newcomer();
  await elsewhere.signIn(ada);
  const answer = await visitor.client.revokeSession({ token: await handleOf(elsewhere) });
  expect(answer).toEqual({ data: { status: true }, error: null });
  expect(await elsewhere.session()).toBeNull();
  expect((await elsewhere.client.token()).error).toMatchObject(UNAUTHORIZED);
  expect(await handlesOf(visitor)).toEqual([await handleOf(visitor)]);
});

test("another user's session cannot be revoked, nor be told from none", async ({
  newcomer,
  visitor,
}) => {
  await visitor.signUp();
  const stranger = newcomer();
  await stranger.signUp();
  const foreign = await visitor.client.revokeSession({ token: await handleOf(stranger) });
  const none = await visitor.client.revokeSession({ token: "nonesuch" });
  expect(foreign).toEqual({ data: { status: true }, error: null });
  expect(none).toEqual(foreign);
  expect(await stranger.session()).not.toBeNull();
});

test("one's own session can be revoked too", async ({ visitor }) => {
  await visitor.signUp();
  await visitor.client.revokeSession({ token: await handleOf(visitor) });
  expect(await visitor.session()).toBeNull();
});

test("revoking the others leaves this one", async ({ newcomer, visitor }) => {
  const ada = await visitor.signUp();
  const others = [newcomer(), newcomer()];
  await Promise.all(others.map((other) => other.signIn(ada)));
  const answer = await visitor.client.revokeOtherSessions();
  expect(answer).toEqual({ data: { status: true }, error: null });
  expect(await Promise.all(others.map((other) => other.session()))).toEqual([null, null]);
  expect(await handlesOf(visitor)).toEqual([await handleOf(visitor)]);
});

test("revoking all leaves none", async ({ newcomer, visitor }) => {
  const ada = await visitor.signUp();
  const elsewhere = newcomer();
  await elsewhere.signIn(ada);
  const answer = await visitor.client.revokeSessions();
  expect(answer).toEqual({ data: { status: true }, error: null });
  expect(await visitor.session()).toBeNull();
  expect(await elsewhere.session()).toBeNull();
});

test("nobody can list or revoke without a session", async ({ visitor }) => {
  const { client } = visitor;
  for (const { data, error } of [
    await client.listSessions(),
    await client.revokeSession({ token: "nonesuch" }),
    await client.revokeSessions(),
    await client.revokeOtherSessions(),
  ]) {
    expect(data).toBeNull();
    expect(error).toMatchObject(UNAUTHORIZED);
  }
});

test("which session to revoke must be said", async ({ visitor }) => {
  await visitor.signUp();
  const { error } = await visitor.post("/revoke-session", {});
  expect(error).toMatchObject({ status: 400, code: "VALIDATION_ERROR" });
});

for (const [whence, origin] of [
  ["a foreign origin", "https://evil.example"],
  ["a hidden origin", "null"],
  ["no origin at all", null],
] as const) {
  test(`a request with a cookie from ${whence} changes nothing`, async ({ visitor }) => {
    await visitor.signUp();
    const { url } = visitor;
    visitor.origin = origin;
    for (const { data, error } of [
      await visitor.client.signOut(),
      await visitor.client.revokeSessions(),
      await visitor.client.updateUser({ name: "Eve" }),
    ]) {
      expect(data).toBeNull();
      expect(error).toMatchObject({ status: 403, code: "INVALID_ORIGIN" });
    }
    visitor.origin = url;
    expect((await visitor.client.getSession()).data?.user.name).toBe("Ada Lovelace");
  });
}
