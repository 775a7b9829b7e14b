// The same page on both sides. Leptos' debug build notices a node of another kind, not another tag or text:
// so what the browser renders by itself is compared with what it got from the server.

import { expect, type Locator, test } from "../fixtures.ts";
import { Frame } from "../pages/frame.ts";
import { LandingPage } from "../pages/landing.ts";
import { NotFoundPage } from "../pages/not_found.ts";
import { places, visit } from "../pages/places.ts";

test("the browser renders every page as the server does", async ({ page, problems }) => {
  const lost = new NotFoundPage(page);
  const landing = new LandingPage(page);
  await landing.open();
  const landingOfServer = await outline(landing.main);
  problems.expectAnswer(404, NotFoundPage.path);
  await page.goto(NotFoundPage.path);
  const lostOfServer = await outline(lost.main);
  expect(landingOfServer.length).toBeGreaterThan(lostOfServer.length);

  await lost.home.click();
  await expect(landing.count).toBeVisible();
  await expect.poll(() => outline(landing.main)).toEqual(landingOfServer);
  await page.goBack();
  await expect(lost.wayHome).toBeVisible();
  await expect.poll(() => outline(lost.main)).toEqual(lostOfServer);
});

for (const place of places("release").filter(({ status, isModal }) => status === 200 && !isModal)) {
  test(`the browser renders the ${place.name} as the server does`, async ({ page, problems }) => {
    const { heading, main } = new Frame(page);
    await visit(page, problems, place);
    const title = await heading.innerText();
    const ofServer = await outline(main);
    const away = place.path.startsWith("/verify") ? "/forgot-password" : "/verify-email?done=true";
    await page.evaluate((path) => {
      const link = document.createElement("a");
      link.href = path;
      link.textContent = "away";
      document.querySelector("footer")?.append(link);
    }, away);
    await page.getByRole("link", { name: "away" }).click();
    await expect(heading).not.toHaveText(title);
    await page.goBack();
    await expect(heading).toHaveText(title);
    await expect.poll(() => outline(main)).toEqual(ofServer);
  });
}

test(
  "a page that differs from what the server sent is noticed",
  { tag: "@debug" },
  async ({ page, problems }) => {
    await page.route("/", async (route) => {
      const answer = await route.fetch();
      const html = await answer.text();
      const tampered = html.replace(/<h1\b.*?<\/h1>/s, "no heading");
      expect(tampered).not.toBe(html);
      await route.fulfill({ response: answer, body: tampered });
    });
    const uncaught = page.waitForEvent("pageerror");
    // It would wait for a page that does not come alive.
    void page.goto("/").catch(() => undefined);
    await uncaught;
    problems.expect(/^console error: [^]*hydration error/i);
    problems.expect(/^uncaught: .*unreachable/);
  },
);

/** Tags, attributes and texts in order, without what the browser's side adds for itself. */
function outline(root: Locator): Promise<string[]> {
  return root.evaluate((main) => {
    const lines: string[] = [];
    // Only the server says which forms the rows' buttons send, and renders these: whoever has scripts does without.
    const isForm = (node: Element) => node.matches(".tasks > div[hidden] > form");
    const sends = (node: Element, name: string) =>
      node.matches(".task-shown button") && ["form", "name", "value"].includes(name);
    const walk = (node: Node) => {
      if (node instanceof Element && isForm(node)) {
        return;
      }
      if (node instanceof Element) {
        const attributes = [...node.attributes]
          .filter(({ name }) => !sends(node, name))
          .map(({ name, value }) => `${name}=${value}`)
          .sort();
        lines.push(`<${node.tagName} ${attributes.join(" ")}>`);
      } else if (node instanceof Text && node.data) {
        const last = lines.at(-1);
        // How a text is cut into nodes makes no difference.
        if (last !== undefined && !last.startsWith("<")) {
          lines[lines.length - 1] = last + node.data;
        } else {
          lines.push(node.data);
        }
      }
      node.childNodes.forEach(walk);
    };
    walk(main);
    // What Leptos renders inside of an <svg> stands in a bare <g>.
    return lines.map((line) => line.trim()).filter((line) => !["", "<g >"].includes(line));
  });
}
