// `useSession` of the official client, in a real browser with real cookies, on a site of its own that the operator
// trusts. Ports don't count for cookies: it and we are one site, as two subdomains are.

import type { BrowserContext, Page } from "@playwright/test";

import { expect, test as base } from "../../clients/fixtures.ts";
import { Listener } from "../../clients/listener.ts";
import { useSessionPage } from "../../clients/use_session.ts";
import { person, type Visitor } from "../../clients/visitor.ts";

declare global {
  interface Window {
    client: Visitor["client"];
  }
}

interface Site {
  url: string;
  listener: Listener;
}

const test = base.extend<{ site: Site; visitors: BrowserContext; complaints: string[] }>({
  site: async ({}, use) => {
    const listener = await Listener.start({ html: "" });
    await use({ url: listener.url.replace("127.0.0.1", "localhost"), listener });
    await listener.stop();
  },

  settings: async ({ site }, use) => {
    await use({ TRUSTED_ORIGINS: site.url });
  },

  complaints: async ({}, use) => {
    const complaints: string[] = [];
    await use(complaints);
    expect(complaints, "what the browser complained about").toEqual([]);
  },

  // Not the pages' own context: that expects pages of ours.
  visitors: async ({ browser, complaints, server, site }, use) => {
    site.listener.answer = { html: await useSessionPage(server.url) };
    const context = await browser.newContext();
    context.on("weberror", (problem) => complaints.push(String(problem.error())));
    context.on("console", (message) => {
      if (message.type() === "error") {
        complaints.push(message.text());
      }
    });
    await use(context);
    await context.close();
  },
});

async function opened(visitors: BrowserContext, site: Site): Promise<Page> {
  const page = await visitors.newPage();
  await page.goto(site.url);
  return page;
}

const session = (page: Page) => page.getByLabel("Session");

test("it shows who signs up, through a reload, until they sign out", async ({ site, visitors }) => {
  const page = await opened(visitors, site);
  await expect(session(page)).toHaveText("nobody");
  const ada = person();
  const { error } = await page.evaluate((ada) => window.client.signUp.email(ada), ada);
  expect(error).toBeNull();
  await expect(session(page)).toHaveText(ada.name);
  await page.reload();
  await expect(session(page)).toHaveText(ada.name);
  expect(await page.evaluate(() => document.cookie), "no script sees the cookie").toBe("");
  await page.evaluate(() => window.client.updateUser({ name: "Countess" }));
  await expect(session(page)).toHaveText("Countess");
  expect((await page.evaluate(() => window.client.signOut())).error).toBeNull();
  await expect(session(page)).toHaveText("nobody");
  await page.reload();
  await expect(session(page)).toHaveText("nobody");
});

test("it is the session of our own pages too, and hears of its end in another tab", async ({
  server,
  site,
  visitors,
}) => {
  const page = await opened(visitors, site);
  const ada = person();
  await page.evaluate((ada) => window.client.signUp.email(ada), ada);
  await expect(session(page)).toHaveText(ada.name);
  const other = await opened(visitors, site);
  await expect(session(other)).toHaveText(ada.name);
  const ours = await visitors.newPage();
  await ours.goto(`${server.url}/settings`);
  await expect(ours.getByLabel("Name")).toHaveValue(ada.name);
  await other.evaluate(() => window.client.signOut());
  await expect(session(other)).toHaveText("nobody");
  await expect(session(page)).toHaveText("nobody");
  await ours.reload();
  await expect(ours).toHaveURL(/\/login\?next=/);
});
