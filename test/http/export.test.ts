import { HISTORIES } from "../../src/history/settle";
import { connect } from "node:net";
import { EXPORTS_AT_ONCE } from "../../src/http/export/export-route";
import { FORMATS } from "../../src/http/export/formats";
import { asSuperuser } from "../support/database";
import { ada, actor, ask, auditor, grace, useDemoApp } from "../support/demo-app";
import { authorization, send, serve, type TestServer } from "../support/http";
import { failStatement } from "../support/fail-statement";
import { statementsOf } from "../support/statements";
import { until } from "../support/waiting";

const app = useDemoApp();
const IMPORTED = 12_000;
let server: TestServer;
beforeAll(async () => {
  server = await serve(app);
  await asSuperuser(
    `set session_replication_role = replica;
     insert into historical_course_entitlement (id, user_id, course_uuid, mode, order_number, refund_locked, created_at,
         modified_at, history_date, history_type, history_change_reason, history_user_label, history_source,
         history_txid, history_request_id)
       select gen_random_uuid(), 1, gen_random_uuid(), 'verified', repeat('9', 128), false, now(), now(), now(), '+',
         'import', repeat('x', 150), 'IMPORT', 1, repeat('r', 100) from generate_series(1, ${IMPORTED}) n`,
    app.db.options.type === "postgres" ? app.db.options.url! : "",
  );
});
afterAll(() => server.stop());

const hopper = actor("hopper", { isStaff: true });
const get = async (path: string, asking: typeof ada | null = hopper) =>
  send(`${server.url}/export/${path}`, {
    headers: asking ? { authorization: await authorization(asking) } : {},
  });
const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test.each(["history", "entitlements", "refunds"])(
  "the export of %s contains each object once, and a last line that says that it is complete",
  async (list) => {
    const { status, headers, text } = await get(`${list}.ndjson`);
    expect(status).toBe(200);
    expect(headers.get("content-disposition")).toBe(`attachment; filename="${list}.ndjson"`);
    const rows = rowsOf(text);
    const end = rows.pop()!;
    const table = { history: "", entitlements: "course_entitlement", refunds: "refund" }[list];
    const [{ count }] = table
      ? await app.db.query<[{ count: number }]>(`select count(*)::int as count from ${table}`)
      : await app.db.query<[{ count: number }]>(
          `select sum(entries)::int as count from (${HISTORIES.map(
            (history) => `select count(*) as entries from ${history}`,
          ).join(" union all ")}) h`,
        );
    expect(end).toEqual({ complete: true, rows: count, startedAt: expect.any(String) as string });
    expect(new Set(rows.map(({ id }) => id)).size).toBe(count);
    expect(rows).toHaveLength(count);
  },
);

test("an export has the same values as GraphQL", async () => {
  const [first] = rowsOf((await get("history.ndjson?entityTypes=REFUND&types=CREATED", auditor)).text);
  const { data } = await ask<{ history: { edges: { node: object }[] } }>(
    app,
    auditor,
    `{ history(first: 1, filter: { entityTypes: [REFUND], types: [CREATED] }) { edges { node {
       id position changedAt settledAt transactionId entityType entityId type reason changedByLabel changedByRole source requestId changes { field from to }
     } } } }`,
  );
  expect(first).toEqual(JSON.parse(JSON.stringify(data!.history.edges[0]!.node)));
});

test("an export is filtered by the names of GraphQL's filter; a list is given by repeating its name", async () => {
  const rows = rowsOf((await get("history.ndjson?entityTypes=REFUND&entityTypes=SUPPORT_DETAIL")).text);
  expect(new Set(rows.slice(0, -1).map(({ entityType }) => entityType))).toEqual(
    new Set(["REFUND", "SUPPORT_DETAIL"]),
  );
  const ofBob = rowsOf((await get("entitlements.ndjson?username=bob&isExpired=false")).text).slice(0, -1);
  expect(ofBob.length).toBeGreaterThan(0);
  for (const row of ofBob) expect(row).toMatchObject({ user: { username: "bob" }, expiredAt: null });
});

test.each([
  ["history.ndjson?colour=red", "colour"],
  ["history.ndjson?first=5", "first"],
  ["history.ndjson?__proto__=1", "__proto__"],
  ["history.ndjson?entityTypes=NONSENSE", "entityTypes"],
  ["history.csv?changedFrom=yesterday", "changedFrom"],
  ["history.csv?changedBy=a&changedBy=b", "changedBy"],
  ["history.csv?changedBy=", "changedBy"],
  ["history.csv?entityIds=1", "entityIds"],
  ["history.csv?changedBy=%00", "changedBy"],
  ["entitlements.csv?isExpired=perhaps", "isExpired"],
  ["entitlements.csv?search=demo", "search"],
])("%s is refused, and the fault is named", async (path, name) => {
  const { status, body, headers } = await get(path);
  expect(status).toBe(400);
  expect(body.errors![0]!.extensions["code"]).toBe("BAD_USER_INPUT");
  expect(body.errors![0]!.message).toContain(name);
  expect(headers.get("content-disposition")).toBeNull();
});

test("only staff and auditors can export lists", async () => {
  const service = actor("bob", { isService: true });
  for (const asking of [ada, grace, service])
    expect(await get("history.csv", asking)).toMatchObject({
      status: 403,
      body: { errors: [{ extensions: { code: "FORBIDDEN" } }] },
    });
  expect(await get("refunds.csv", null)).toMatchObject({ status: 401 });
  expect((await get("refunds.csv", auditor)).status).toBe(200);
});

test("other addresses give 404, and other methods than GET give 405", async () => {
  for (const path of [
    "history",
    "history.xml",
    "users.csv",
    "history.csv.csv",
    "constructor.csv",
    "history.toString",
  ])
    expect((await get(path)).status).toBe(404);
  const headers = { authorization: await authorization(hopper) };
  expect((await send(`${server.url}/export/history.csv`, { method: "POST", headers })).status).toBe(405);
});

test("CSV has a header line, the same number of cells in each line, and a last line", async () => {
  const { text, headers } = await get("refunds.csv");
  expect(headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
  const lines = text.split("\r\n");
  expect(lines.pop()).toBe("");
  expect(lines[0]).toContain('"orderNumber","state"');
  expect(lines[0]).toContain('"entitlement.user.username"');
  expect(lines.at(-1)).toMatch(new RegExp(`^"complete",${lines.length - 2},"2\\d{3}-`));
  const cells = (line: string) => line.replaceAll(/"([^"]|"")*"/g, "").split(",").length;
  expect(new Set(lines.map(cells)).size).toBe(1);
});

test.each([
  ["=1+1", `"'=1+1"`],
  ["+1", `"'+1"`],
  ["-1", `"'-1"`],
  ["@SUM(A1)", `"'@SUM(A1)"`],
  ["\t=1", `"'\t=1"`],
  ["\r\n=1", `"'\r\n=1"`],
  ["  =1", `"'  =1"`],
  ["＝1", `"'＝1"`],
  ['a;=1,"b"', `"a;=1,""b"""`],
  ["a=1", `"a=1"`],
  [-5, "-5"],
  [true, "true"],
  [null, ""],
  [["=1"], `"[""=1""]"`],
])("%p is not a formula in CSV", (value, cell) => {
  expect(FORMATS["csv"]!.line([["cell"]], { cell: value })).toBe(`${cell}\r\n`);
});

test("a page of an export needs a few statements, however long the export is", async () => {
  let text = "";
  const sent = await statementsOf(async () => {
    ({ text } = await get("history.ndjson?reasons=import"));
  });
  expect(rowsOf(text).pop()).toMatchObject({ complete: true, rows: IMPORTED });
  expect(sent).toHaveLength((2 * IMPORTED) / 100); // the entries, and their positions
});

test("an export that fails half-way closes the connection, so that it does not look complete", async () => {
  // A statement that fails is asked once more, by the interpreter.
  let outcome = "";
  const ask = async () => {
    outcome = await get("history.csv?reasons=import").then(
      () => "whole",
      ({ message }: Error) => message,
    );
  };
  await failStatement(20, () => failStatement(21, ask));
  expect(outcome).toBe("terminated");
  const logged = () => server.logged.find(({ msg }) => msg === "an export broke off");
  await until(() => logged() !== undefined); // the client may hear of the end first
  expect(logged()).toMatchObject({ level: 50, actor: hopper.userId, export: "history.csv" });
});

/** A client that asks and takes nothing. */
async function stubborn(path: string) {
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.pause();
  socket.on("error", () => undefined);
  socket.write(
    `GET /export/${path} HTTP/1.1\r\nhost: a\r\nauthorization: ${await authorization(hopper)}\r\n\r\n`,
  );
  return socket;
}

test("the number of exports at once is limited; an export whose client leaves ends, and makes room for another", async () => {
  await until(() => server.load.inFlight === 0);
  const logged = server.logged.length;
  const sockets = await Promise.all(
    Array.from({ length: EXPORTS_AT_ONCE }, () => stubborn("history.ndjson")),
  );
  await until(() => server.load.inFlight === EXPORTS_AT_ONCE);
  const refused = await get("history.csv");
  expect(refused).toMatchObject({
    status: 503,
    body: { errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }] },
  });
  expect(refused.headers.get("retry-after")).toBe("1");
  expect((await server.ask(ada, "{ viewer { id } }")).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await until(() => server.load.inFlight === 0);
  expect((await get("refunds.csv")).status).toBe(200);
  const broken = () => server.logged.slice(logged).filter(({ msg }) => msg === "an export broke off");
  await until(() => broken().length === sockets.length);
  expect(broken().map(({ level }) => level)).toEqual(sockets.map(() => 30));
});
