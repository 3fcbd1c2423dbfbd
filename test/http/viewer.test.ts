import { parse, type OperationDefinitionNode } from "graphql";
import type { Actor } from "../../src/auth/actor";
import { authorizer } from "../../src/engine/documents/authorize";
import { permissionsOf } from "../../src/graphql/permissions";
import { checksumOf } from "../support/checksum";
import { actor, ada, auditor, bob, grace, schema, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

const hopper = actor("hopper", { isStaff: true });
const shop = actor("shop", { isService: true });
const ACTORS: [string, Actor, roles: string[]][] = [
  ["a learner", ada, ["LEARNER"]],
  ["a support agent", grace, ["SUPPORT"]],
  ["staff", hopper, ["STAFF"]],
  ["a superuser", { ...ada, isSuperuser: true }, ["STAFF"]],
  ["a service", shop, ["SERVICE"]],
  ["an auditor", auditor, ["AUDITOR"]],
  ["an agent who is also an auditor", { ...grace, isAuditor: true }, ["SUPPORT", "AUDITOR"]],
  ["a learner whose token only reads", { ...ada, isReadOnly: true }, ["LEARNER"]],
  ["staff whose token only reads", { ...hopper, isReadOnly: true }, ["STAFF"]],
  ["a learner whose token has no user id", { ...ada, userId: null }, ["LEARNER"]],
];

interface Viewer {
  roles: string[] | null;
  permissions: string[] | null;
}

async function viewerOf(asking: Actor): Promise<Viewer> {
  const { body } = await server.ask(asking, "{ viewer { roles permissions } }");
  expect(body.errors).toBeUndefined();
  return body.data!["viewer"] as Viewer;
}

test.each(ACTORS)("%s can read their roles and permissions", async (_, asking, roles) => {
  const viewer = await viewerOf(asking);
  expect(viewer.roles).toEqual(roles);
  expect(viewer.permissions).toEqual([...new Set(viewer.permissions)].toSorted());
});

test.each(ACTORS)(
  "a root field is among the permissions of %s exactly when it is allowed",
  async (_, asking) => {
    const { permissions } = await viewerOf(asking);
    const decide = authorizer(schema, permissionsOf(schema), () => false);
    for (const root of [schema.getQueryType()!, schema.getMutationType()!])
      for (const field of Object.keys(root.getFields())) {
        const document = parse(`${root.name.toLowerCase()} { ${field} }`);
        const denial = decide(document, document.definitions[0] as OperationDefinitionNode, asking);
        expect([root.name, field, permissions!.includes(`${root.name}.${field}`)]).toEqual([
          root.name,
          field,
          denial === null,
        ]);
      }
  },
);

test("a denial names the permission that is missing", async () => {
  const { body } = await server.ask(grace, "{ history { edges { node { id } } } }");
  const named = /Not allowed: (\S+) /.exec(body.errors![0]!.message)![1]!;
  expect((await viewerOf(grace)).permissions).not.toContain(named);
  expect((await viewerOf(hopper)).permissions).toContain(named);
});

test("one document can serve several roles, because a variable can leave out the fields that a role may not read", async () => {
  const id = "e0000000-0000-4000-8000-000000000001";
  const document = `query ($id: ID!, $notes: Boolean!, $history: Boolean!) {
    entitlement(id: $id) { id supportDetails @include(if: $notes) { edges { node { id } } } }
    history(first: 1) @include(if: $history) { edges { node { id } } }
  }`;
  for (const [asking, fields] of [
    [ada, ["id"]],
    [grace, ["id", "supportDetails"]],
    [hopper, ["id", "supportDetails", "history"]],
  ] as const) {
    const permissions = new Set((await viewerOf(asking)).permissions);
    const notes = permissions.has("CourseEntitlement.supportDetails");
    const history = permissions.has("Query.history");
    const { body, status } = await server.ask(asking, document, { id, notes, history });
    expect(status).toBe(200);
    const { entitlement, ...rest } = body.data as { entitlement: object };
    expect([...Object.keys(entitlement), ...Object.keys(rest)]).toEqual(fields);
    const all = await server.ask(asking, document, { id, notes: true, history: true });
    expect(all.status).toBe(notes && history ? 200 : 403);
  }
});

test("no caller can read the permissions of another account", async () => {
  const { body } = await server.ask(grace, '{ user(username: "ada") { roles permissions } }');
  expect(body.data).toEqual({ user: { roles: null, permissions: null } });
});

test("an auditor reads the entitlements of all learners, the support details and all history, like staff", async () => {
  const document = `{
    user(username: "ada") { id entitlements(first: 40, scope: ALL) { edges { node {
      id state supportDetails(first: 2) { edges { node { comments supportUser { username } } } } refunds { id detail }
      history(first: 2) { edges { node { changedByLabel changes { field from to } } } }
    } } } }
    history(first: 20) { edges { node { changedByLabel state { __typename } changes { field from to } } } }
  }`;
  const [audited, staffed] = [await server.ask(auditor, document), await server.ask(hopper, document)];
  expect(audited.status).toBe(200);
  expect(audited.body.data).toEqual(staffed.body.data);
  expect(audited.text).toContain("The order came in by telephone.");
});

test("an auditor cannot give any mutation, also not on their own entitlements, and a learner sees no more than before", async () => {
  const before = await checksumOf(app.db);
  const id = "e0000000-0000-4000-8000-000000000020";
  const leave = `mutation { leaveSession(input: { entitlementId: "${id}" }) { userErrors { code } } }`;
  const own = await server.ask({ ...ada, isAuditor: true }, leave);
  expect(own.status).toBe(403);
  expect(
    (await viewerOf({ ...ada, isAuditor: true })).permissions!.filter((name) => name.startsWith("Mutation")),
  ).toEqual([]);
  expect(await checksumOf(app.db)).toEqual(before);
  const { body } = await server.ask(bob, `{ entitlement(id: "${id}") { id } }`);
  expect(body.data).toEqual({ entitlement: null });
});

test.each([
  ["a learner", ada],
  ["staff", hopper],
  ["a service", shop],
])("%s with a read-only token cannot give any mutation", async (_, person) => {
  const asking = { ...person, isReadOnly: true };
  expect((await server.ask(asking, "{ viewer { id } }")).status).toBe(200);
  expect((await viewerOf(asking)).permissions!.filter((name) => name.startsWith("Mutation"))).toEqual([]);
  for (const name of (await viewerOf(person)).permissions!.filter((one) => one.startsWith("Mutation."))) {
    const field = name.slice("Mutation.".length);
    const input = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
    const document = `mutation ($input: ${input}!) { ${field}(input: $input) { __typename } }`;
    const { status, body } = await server.ask(asking, document);
    expect(status).toBe(403);
    expect(body.errors![0]).toMatchObject({
      message: `Not allowed: ${name} requires a token with the scope write.`,
      extensions: { code: "FORBIDDEN" },
    });
  }
});
