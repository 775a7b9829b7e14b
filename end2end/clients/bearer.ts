// Whether our API lets a token speak for whoever it names.

/** What `token` opens, by the status: 401 is a refusal, anything that is neither is an error. */
export async function isAccepted(url: string, token: string): Promise<boolean> {
  const path = `/api/${encodeURIComponent(subjectOf(token))}/tasks`;
  return answered(
    await fetch(new URL(path, url), { headers: { authorization: `Bearer ${token}` } }),
  );
}

/** Whether it shows whose account it is: there the session is looked up, too. */
export async function opensAccount(url: string, token: string): Promise<boolean> {
  return answered(
    await fetch(new URL("/fn/auth/get-user", url), {
      method: "POST",
      headers: {
        accept: "application/json",
        authorization: `Bearer ${token}`,
        "content-type": "application/x-www-form-urlencoded",
      },
    }),
  );
}

async function answered(response: Response): Promise<boolean> {
  switch (response.status) {
    case 200:
      return true;
    case 401:
      return false;
    default: {
      const body = await response.text();
      throw new Error(`the token is neither accepted nor refused: ${response.status} ${body}`);
    }
  }
}

/** Which of these tokens are accepted, by their names. */
export async function acceptedOf(url: string, tokens: Record<string, string>): Promise<string[]> {
  const names: string[] = [];
  for (const [name, token] of Object.entries(tokens)) {
    try {
      if (await isAccepted(url, token)) {
        names.push(name);
      }
    } catch (error) {
      throw new Error(name, { cause: error });
    }
  }
  return names;
}

/** Whose a token says it is; nobody, if it doesn't. */
function subjectOf(token: string): string {
  try {
    const [, payload = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as { sub?: unknown };
    return typeof claims.sub === "string" && claims.sub !== "" ? claims.sub : "nobody";
  } catch {
    return "nobody";
  }
}
