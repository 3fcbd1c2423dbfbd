import { join } from "node:path";
import { DataSource } from "typeorm";
import { dataSourceOptions } from "../ormconfig";
import { ada, grace } from "./support/demo-app";
import { createEmptyDatabase } from "./support/database";
import { asker, JWT_JWK_SET, type Ask } from "./support/http";
import { killLeftovers, startServerProcess } from "./support/server-process";

/** Two servers on one database; the clock of the second one's machine is 5 minutes ahead. */
let exact: Ask;
let ahead: Ask;
let db: DataSource;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await createEmptyDatabase();
  drop = () => database.drop();
  const settings = { DATABASE_URL: database.url, JWT_JWK_SET, LOG_LEVEL: "fatal" };
  exact = asker((await startServerProcess(settings)).url);
  const NODE_OPTIONS = `--require=${join(__dirname, "support/clock-ahead.js")}`;
  ahead = asker((await startServerProcess({ ...settings, NODE_OPTIONS })).url);
  db = await new DataSource(dataSourceOptions(database.url)).initialize();
});
afterAll(async () => {
  killLeftovers();
  await db.destroy();
  await drop();
});

test("a server whose clock is ahead does not take over the work of another one", async () => {
  const [row] = await db.query<[{ id: string }]>(
    "select id from course_entitlement where order_number like '%-SLOW' and user_id = 1",
  );
  const { body } = await exact(
    ada,
    "mutation ($id: ID!) { unenrollAndRefund(input: { entitlementId: $id, refund: REQUEST }) { refund { state } } }",
    { id: row.id },
  );
  expect(body.data).toEqual({ unenrollAndRefund: { refund: { state: "SUCCEEDED" } } });
  const asked = await db.query<unknown[]>(
    `select attempt, asked from refund f join embedded_shop_refund s on s.key = f.id where f.entitlement_id = $1`,
    [row.id],
  );
  expect(asked).toEqual([{ attempt: 1, asked: 1 }]);
});

test.each([
  ["ahead", "exact"],
  ["exact", "ahead"],
])(
  "an entitlement that is created at the server that is %s and changed at the one that is %s has its instants in that order",
  async (first) => {
    const [creating, changing] = first === "exact" ? [exact, ahead] : [ahead, exact];
    const created = await creating(
      grace,
      `mutation ($courseUuid: ID!) { grantEntitlement(input: {
       username: "bob", courseUuid: $courseUuid, mode: "verified", comments: "test" }) { entitlement { id } } }`,
      { courseUuid: crypto.randomUUID() },
    );
    const { id } = (created.body.data as { grantEntitlement: { entitlement: { id: string } } })
      .grantEntitlement.entitlement;
    await changing(
      grace,
      `mutation ($id: ID!) { setRefundLock(input: { entitlementId: $id, isLocked: true, comments: "test" }) {
       userErrors { code } } }`,
      { id },
    );
    const [row] = await db.query<unknown[]>(
      `select created_at <= modified_at as "isInOrder",
       abs(extract(epoch from created_at - (select min(history_date) from historical_course_entitlement h
         where h.id = e.id))) < 60 as "agreesWithHistory",
       refund_locked as "isLocked"
     from course_entitlement e where id = $1`,
      [id],
    );
    expect(row).toEqual({ isInOrder: true, agreesWithHistory: true, isLocked: true });
  },
);
