import { auditServer } from "graphql-http";
import { openTestDatabase } from "../support/database";
import { serve } from "../support/http";

test("the public audit of GraphQL over HTTP passes 61 of 61, with CSRF prevention on", async () => {
  const database = await openTestDatabase();
  const server = await serve(database);
  const results = await auditServer({
    url: `${server.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      headers.set("apollo-require-preflight", "true");
      return fetch(url, { ...init, headers });
    },
  });
  expect(results.filter(({ status }) => status !== "ok").map(({ name }) => name)).toEqual([]);
  expect(results).toHaveLength(61);
  await server.stop();
  await database.close();
});
