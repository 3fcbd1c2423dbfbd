import { checksumOf } from "../support/checksum";
import { actor, auditor, bob, grace, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";
import { SupportAgents } from "../../src/reads/accounts/support-agents";

const app = useDemoApp();
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
});
afterAll(() => server.stop());

const hopper = actor("hopper", { isStaff: true });

async function change(command: "grantSupport" | "withdrawSupport", username: string, asking = hopper) {
  const type = `${command[0]!.toUpperCase()}${command.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) { ${command}(input: $input) {
    supportAgent { id user { username } comments withdrawnAt } userErrors { code field } } }`;
  const { body, status } = await server.ask(asking, document, {
    input: { username, comments: `${command}: as agreed with the head of support.` },
  });
  return { status, ...(body.data?.[command] as { supportAgent: unknown; userErrors: object[] }) };
}

const LIST = "{ supportAgents { edges { node { id user { username } } } } }";
const ANOTHERS =
  '{ entitlement(id: "e0000000-0000-4000-8000-000000000001") { id supportDetails { edges { node { id } } } } }';
const rolesOf = async (asking = bob) =>
  ((await server.ask(asking, "{ viewer { roles } }")).body.data!["viewer"] as { roles: string[] }).roles;

test("an account whose token has no role is an agent from the grant of staff to its withdrawal, at once", async () => {
  expect((await server.ask(bob, ANOTHERS)).status).toBe(403);
  const granted = await change("grantSupport", "bob");
  expect(granted).toMatchObject({
    userErrors: [],
    supportAgent: { user: { username: "bob" }, withdrawnAt: null },
  });
  expect(await rolesOf()).toEqual(["SUPPORT"]);
  expect(await rolesOf({ ...bob, userId: null })).toEqual(["SUPPORT"]);
  expect((await server.ask(bob, ANOTHERS)).status).toBe(200);
  const list = (await server.ask(auditor, LIST)).body.data!;
  expect(JSON.stringify(list)).toContain('"bob"');

  const withdrawn = await change("withdrawSupport", "bob");
  expect(withdrawn.userErrors).toEqual([]);
  expect(await rolesOf()).toEqual(["LEARNER"]);
  expect((await server.ask(bob, ANOTHERS)).status).toBe(403);
  expect(JSON.stringify((await server.ask(auditor, LIST)).body.data)).not.toContain('"bob"');
});

test("history has the author, the reason and the state of the agent for each grant and withdrawal", async () => {
  await change("grantSupport", "bob");
  const { body } = await server.ask(
    auditor,
    `{ supportAgents(first: 5) { edges { node { history(first: 5) { edges { node {
      reason changedByLabel changes { field to } state { ... on SupportAgent { comments withdrawnAt } }
    } } } } } } history(filter: { entityTypes: [SUPPORT_AGENT] }) { edges { node { entityType } } } }`,
  );
  expect(body.errors).toBeUndefined();
  const { supportAgents, history } = body.data as {
    supportAgents: { edges: { node: { history: { edges: { node: Record<string, unknown> }[] } } }[] };
    history: { edges: unknown[] };
  };
  const entries = supportAgents.edges[0]!.node.history.edges.map(({ node }) => node);
  expect(entries.map(({ reason }) => reason)).toEqual(["grantSupport", "withdrawSupport", "grantSupport"]);
  for (const entry of entries)
    expect(entry).toMatchObject({
      changedByLabel: "hopper",
      state: { comments: `${String(entry["reason"])}: as agreed with the head of support.` },
    });
  expect(history.edges).toHaveLength(3);
});

test("the same grant again changes nothing, and only what was granted can be withdrawn", async () => {
  const before = await checksumOf(app.db);
  expect(await change("grantSupport", "bob")).toMatchObject({ userErrors: [] });
  expect(await change("withdrawSupport", "ada")).toMatchObject({
    supportAgent: null,
    userErrors: [{ code: "SUPPORT_AGENT_NOT_FOUND", field: ["input", "username"] }],
  });
  for (const command of ["grantSupport", "withdrawSupport"] as const)
    expect(await change(command, "no_such_account")).toMatchObject({
      userErrors: [{ code: "USER_NOT_FOUND" }],
    });
  expect((await change("grantSupport", "ada", grace)).status).toBe(403);
  expect((await change("grantSupport", "bob", bob)).status).toBe(403);
  expect(await checksumOf(app.db)).toEqual(before);
});

test("several grants at once make one agent", async () => {
  const granted = await Promise.all([1, 2, 3, 4].map(() => change("grantSupport", "full_shelf")));
  const agents = new Set(granted.map(({ supportAgent }) => (supportAgent as { id: string }).id));
  expect(agents.size).toBe(1);
});

test("another server learns of a change with its next read, and never replaces a newer state by an older one", async () => {
  const other = new SupportAgents(app.db);
  const full = actor("full_shelf");
  expect(other.has(full)).toBe(false);
  await other.start();
  other.stop();
  expect(other.has(full)).toBe(true);
  const slow = other.start();
  other.note({ userId: full.userId!, username: full.username, withdrawnAt: new Date() } as never);
  await slow;
  other.stop();
  expect(other.has(full)).toBe(false);
});
