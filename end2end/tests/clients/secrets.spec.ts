// What opens an account is written nowhere: not in the log, and not in the database.

import { expect, test } from "../../clients/fixtures.ts";
import { send } from "../../clients/raw.ts";
import { OTHER_PASSWORD, PASSWORD, person } from "../../clients/visitor.ts";
import type { Database } from "../../harness/database.ts";

test.use({ settings: { RUST_LOG: "debug" } });

/** Every row of every table, as text. */
async function contentsOf(database: Database): Promise<string> {
  const names = await database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
  const tables = names.split("\n").filter(Boolean);
  const contents = tables.map((name) => database.query(`SELECT t::text FROM "${name}" t`));
  return (await Promise.all(contents)).join("\n");
}

test("no password, session, token or link can be read afterwards", async ({
  mailbox,
  newcomer,
  server,
  visitor,
}) => {
  const { email, token } = await visitor.signUp();
  const [, cookie = ""] = visitor.jar.header().split("=");
  await visitor.client.sendVerificationEmail({ email });
  const verify = await mailbox.verificationToken(email);
  await send(visitor, `/verify-email?token=${verify}&callbackURL=/settings`);
  const newEmail = person().email;
  await visitor.client.changeEmail({ newEmail });
  const change = await mailbox.verificationToken(newEmail);
  await visitor.client.requestPasswordReset({ email });
  const reset = await mailbox.resetToken(email);
  await send(visitor, `/reset-password/${reset}?callbackURL=/reset-password`);
  await newcomer().client.signIn.email({ email, password: OTHER_PASSWORD });
  const jwt = (await visitor.client.token()).data?.token ?? "";

  const secrets = {
    PASSWORD,
    OTHER_PASSWORD,
    cookie: decodeURIComponent(cookie),
    signUp: String(token),
    jwt,
    verify,
    change,
    reset,
  };
  const database = await contentsOf(server.database);
  expect(database).toContain(email);
  expect(server.log).toContain("/api/auth/");
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThan(8);
    expect.soft(server.log.includes(secret), `${name} in the log`).toBe(false);
    expect.soft(database.includes(secret), `${name} in the database`).toBe(false);
    const bytes = Buffer.from(secret, "base64url").toString("hex");
    expect.soft(database.includes(bytes), `${name} in the database, as bytes`).toBe(false);
  }
});
