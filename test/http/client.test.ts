import { readFileSync } from "node:fs";
import { cacheExchange, Client, fetchExchange, gql } from "@urql/core";
import { ada, useDemoApp } from "../support/demo-app";
import { authorization, serve, type TestServer } from "../support/http";

const dashboard = gql(readFileSync("test/clients/learner-dashboard.graphql", "utf8"));

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

async function client(): Promise<Client> {
  return new Client({
    url: `${server.url}/graphql`,
    preferGetMethod: false,
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: { headers: { authorization: await authorization(ada) } },
  });
}

interface Dashboard {
  viewer: {
    username: string;
    entitlements: { totalCount: number; edges: { node: { __typename: string } }[] };
  };
}

test("a client library shows the dashboard, page by page, with the type names that its cache adds", async () => {
  const urql = await client();
  const first = await urql.query<Dashboard>(dashboard, { first: 10 }).toPromise();
  expect(first.error).toBeUndefined();
  expect(first.data!.viewer).toMatchObject({ username: "ada" });
  expect(first.data!.viewer.entitlements.edges).toHaveLength(10);
  expect(first.data!.viewer.entitlements.edges[0]!.node.__typename).toBe("CourseEntitlement");
});

test("a client library gets a refusal as data, and a bad argument as an error that names it", async () => {
  const urql = await client();
  const leave = gql`
    mutation ($id: ID!) {
      leaveSession(input: { entitlementId: $id }) {
        entitlement {
          id
        }
        userErrors {
          code
          message
        }
      }
    }
  `;
  const refused = await urql.mutation(leave, { id: "00000000-0000-4000-8000-000000000000" }).toPromise();
  expect(refused.error).toBeUndefined();
  expect(refused.data).toMatchObject({ leaveSession: { userErrors: [{ code: "ENTITLEMENT_NOT_FOUND" }] } });
  const malformed = await urql.mutation(leave, { id: "not-a-uuid" }).toPromise();
  expect(malformed.error!.graphQLErrors[0]).toMatchObject({
    message: expect.stringContaining("entitlementId"),
    extensions: { code: "BAD_USER_INPUT" },
  });
});
