import { createContext } from "../../src/graphql/context";
import { ask, grace, schema, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

interface Shown {
  entitlement: {
    isRefundLocked: boolean;
    supportDetails: { edges: { node: { comments: string } }[] };
    history: { edges: { node: { id: string } }[] };
  };
}

test("each mutation of a document shows its own result, in lists that several of them select", async () => {
  const [{ id }] = await app.db.query<[{ id: string }]>(
    "select id from course_entitlement where expired_at is null and order_number is not null limit 1",
  );
  const lock = (isLocked: boolean, comments: string) =>
    `setRefundLock(input: { entitlementId: $id, isLocked: ${isLocked}, comments: "${comments}" }) { entitlement { ...F } }`;
  const { data, errors } = await ask<{ a: Shown; b: Shown }>(
    app,
    grace,
    `mutation ($id: ID!) { a: ${lock(true, "one")} b: ${lock(false, "two")} }
     fragment F on CourseEntitlement {
       isRefundLocked
       supportDetails(first: 1) { edges { node { comments } } }
       history(first: 1) { edges { node { id } } }
     }`,
    { id },
  );
  expect(errors).toBeUndefined();
  const [a, b] = [data!.a.entitlement, data!.b.entitlement];
  expect([a.isRefundLocked, b.isRefundLocked]).toEqual([true, false]);
  expect([a, b].map(({ supportDetails }) => supportDetails.edges[0]!.node.comments)).toEqual(["one", "two"]);
  const [first, second] = [a, b].map(({ history }) => Number(history.edges[0]!.node.id));
  expect(second).toBeGreaterThan(first!);
});

const mutations = Object.values(schema.getMutationType()!.getFields());

test.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
  "%s clears the loaders of its request, even when it fails",
  async (_, { resolve }) => {
    const context = createContext(app, null, "test-request");
    let loads = 0;
    const load = () => context.loaders.named("a list", async (ids) => ids.map(() => ++loads)).load("x");
    expect([await load(), await load()]).toEqual([1, 1]);
    await Promise.resolve(resolve!({}, {}, context, {} as never)).catch(() => undefined);
    expect(await load()).toBe(2);
  },
);

test("a mutation that was carried out is told so, also where PostgreSQL then does not answer for its payload", async () => {
  const id = "e0000000-0000-4000-8000-000000000001";
  const lock = (comments: string, payload: string) =>
    `setRefundLock(input: { entitlementId: "${id}", isLocked: true, comments: "${comments}" }) { ${payload} }`;
  const done = lock("done", "entitlement { id isRefundLocked sessions { id } }");
  const within = {
    message: expect.stringContaining("has been carried out") as string,
    extensions: { code: "SERVICE_UNAVAILABLE" },
  };
  await app.db.transaction(async (tx) => {
    await tx.query("lock table course_mode in access exclusive mode"); // which only the payload reads
    const { status, headers, body } = await server.ask(grace, `mutation { ${done} }`);
    expect(status).toBe(200);
    expect(headers.get("retry-after")).toBeNull();
    expect(body).toMatchObject({
      data: { setRefundLock: { entitlement: { id, isRefundLocked: true, sessions: null } } },
      errors: [within],
    });
  });
  const details = await server.ask(
    grace,
    `{ entitlement(id: "${id}") { supportDetails(first: 2) { edges { node { comments } } } } }`,
  );
  expect(details.text.match(/"done"/g)).toHaveLength(1);
});
