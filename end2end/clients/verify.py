"""A service in Python: it knows a token's issuer, and nothing else.

verify.py JWKS_URL ISSUER AUDIENCE reads a token per line, and answers each with a line of JSON: the header and the
claims, or the name of the error. It keeps its key set between them, as a service does.
"""

import json
import sys

import jwt


def main() -> None:
    url, issuer, audience = sys.argv[1:]
    # Else it would wait half a minute before it looked for a key that it does not know.
    keys = jwt.PyJWKClient(url, cooldown_duration=0)
    for line in sys.stdin:
        print(json.dumps(verdict(line.strip(), keys, issuer, audience)), flush=True)


def verdict(token: str, keys: jwt.PyJWKClient, issuer: str, audience: str) -> dict:
    try:
        found = jwt.decode_complete(
            token,
            keys.get_signing_key_from_jwt(token).key,
            algorithms=["EdDSA"],
            issuer=issuer,
            audience=audience,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "sid"]},
        )
    except jwt.PyJWTError as error:
        return {"error": type(error).__name__}
    return {"header": found["header"], "payload": found["payload"]}


main()
