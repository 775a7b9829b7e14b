// A service in JavaScript: it knows a token's issuer, and nothing else.

import { createRemoteJWKSet, jwtVerify, type JWTVerifyResult } from "jose";

type Verify = (token: unknown) => Promise<JWTVerifyResult>;

/** A service that keeps its key set, and fetches it again as soon as it meets a key that it doesn't know. */
export function service(issuer: string): Verify {
  const keys = createRemoteJWKSet(new URL("/api/auth/jwks", issuer), { cooldownDuration: 0 });
  return (token) =>
    jwtVerify(String(token), keys, {
      issuer,
      audience: issuer,
      algorithms: ["EdDSA"],
      requiredClaims: ["sub", "sid", "iat", "exp"],
    });
}

/** What a service that has just started finds in the token. */
export function verify(token: unknown, issuer: string): Promise<JWTVerifyResult> {
  return service(issuer)(token);
}
