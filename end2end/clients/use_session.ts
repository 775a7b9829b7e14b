// A site of somebody else's making that uses the official client in a browser, and shows who is signed in.

import { build } from "esbuild";

/** The page, with the client in it, unchanged, for the server at `url`. */
export async function useSessionPage(url: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: script(url), resolveDir: import.meta.dirname, loader: "js" },
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    logLevel: "silent",
  });
  const code = outputFiles.map(({ text }) => text).join("\n");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Another site</title>
<link rel="icon" href="data:,"><output aria-label="Session"></output>
<script>${code.replaceAll("</script", "<\\/script")}</script></html>`;
}

const script = (url: string) => `
import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";

const client = createAuthClient({ baseURL: ${JSON.stringify(url)}, plugins: [jwtClient()] });
window.client = client;
const output = document.querySelector("output");
client.useSession.subscribe(({ data, error, isPending }) => {
  output.textContent = error ? "error " + error.status : isPending ? "…" : data?.user.name ?? "nobody";
});
`;
