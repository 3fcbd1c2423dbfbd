import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from "jose";
import { openFakeEdx, type FakeEdx } from "../fake-edx";

let edx: FakeEdx;
afterEach(() => edx.close());

const tokenOf = (form: Record<string, string> = {}) =>
  fetch(`${edx.lmsUrl}/oauth2/access_token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: edx.client.id,
      client_secret: edx.client.secret,
      token_type: "jwt",
      ...form,
    }),
  });

test("a token names the owner of the application, and the published keys verify it", async () => {
  edx = await openFakeEdx();
  const answer = (await (await tokenOf()).json()) as { access_token: string };
  expect(answer).toMatchObject({ expires_in: 3600, token_type: "JWT" });
  const keys = (await (await fetch(`${edx.lmsUrl}/jwks.json`)).json()) as JSONWebKeySet;
  const { payload, protectedHeader } = await jwtVerify(answer.access_token, createLocalJWKSet(keys));
  expect(protectedHeader.alg).toBe("RS256");
  expect(payload).toMatchObject({
    preferred_username: "course_entitlements_worker",
    administrator: true,
    user_id: 900001,
    version: "1.2.0",
  });
});

test("the LMS can sign with HS256, without a scope, and for a short time", async () => {
  edx = await openFakeEdx({ tokens: { alg: "HS256", scopes: ["read", "profile"], expiresInSeconds: 7 } });
  const { access_token: token, expires_in } = (await (await tokenOf()).json()) as Record<string, string>;
  expect(decodeProtectedHeader(token!)).toMatchObject({ alg: "HS256" });
  expect(decodeJwt(token!)).not.toHaveProperty("user_id");
  expect(expires_in).toBe(7);
  const accounts = `${edx.lmsUrl}/api/user/v1/accounts?username=ada`;
  expect((await fetch(accounts, { headers: { authorization: `JWT ${token}` } })).status).toBe(200);
});

test("wrong credentials get no token, and the ledger keeps no secret", async () => {
  edx = await openFakeEdx();
  const answer = await tokenOf({ client_secret: "wrong" });
  expect([answer.status, await answer.json()]).toEqual([401, { error: "invalid_client" }]);
  expect((await tokenOf({ grant_type: "password" })).status).toBe(400);
  expect((await tokenOf()).status).toBe(200);
  expect(edx.requests.map(({ status }) => status)).toEqual([401, 400, 200]);
  expect(JSON.stringify(edx.requests)).not.toContain(edx.client.secret);
});
