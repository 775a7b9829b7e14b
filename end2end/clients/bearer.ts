// Whether our API lets a token speak for somebody.

/** What `token` opens, by the status: 401 is a refusal, anything that is neither is an error. */
export async function isAccepted(url: string, token: string): Promise<boolean> {
  const { status, body } = await ask(url, token);
  switch (status) {
    // Whose token is one of another issuer has no account here that could be shown.
    case 200:
    case 403:
      return true;
    case 401:
      return false;
    default:
      throw new Error(`the token is neither accepted nor refused: ${status} ${body}`);
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

async function ask(url: string, token: string) {
  const response = await fetch(new URL("/fn/auth/get-user", url), {
    method: "POST",
    headers: {
      accept: "application/json",
      authorization: `Bearer ${token}`,
      "content-type": "application/x-www-form-urlencoded",
    },
  });
  return { status: response.status, body: await response.text() };
}
