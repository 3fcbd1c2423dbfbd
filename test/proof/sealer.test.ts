import type { EntityManager, QueryRunner } from "typeorm";
import { checkProof, openCheckpoint } from "../../src/proof/check-proof";
import { giveUp } from "../../src/proof/given-up";
import { prove } from "../../src/proof/sealed/prove";
import { proveEntry } from "../../src/proof/sealed/prove-entry";
import { Sealer } from "../../src/proof/sealed/sealer";
import { readTree } from "../../src/proof/sealed/tile-store";
import { reissueEntitlement } from "../../src/use-cases/entitlements/reissue-entitlement";
import { statementsOf } from "../support/statements";
import { aCourse, anEntitlement, by, grace, NOW, useApp } from "../support/world";
import { newSigner } from "./signers";

const app = useApp();
const signer = newSigner("history.example");
let sealer: Sealer;
let connection: QueryRunner;
let db: EntityManager;
beforeAll(() => {
  sealer = new Sealer(app.db, () => signer);
  connection = app.db.createQueryRunner();
  db = connection.manager;
});
afterAll(() => connection.release());

const COMMENTS = 'She said: "I have paid" – twice';
/** Some changes, one of them with words about a learner, sealed. */
async function changeAndSeal(): Promise<string> {
  const id = await anEntitlement(app, { courseUuid: aCourse(), expiredAt: NOW, expiryCause: "LAPSED" });
  await reissueEntitlement(by(grace, app), { entitlementId: id, comments: COMMENTS });
  await app.committer.settle(true);
  await sealer.seal();
  return id;
}
const newest = async () => {
  const [row] = (await db.query(
    "select size::float8, note from history_checkpoint order by size desc limit 1",
  )) as [{ size: number; note: string }];
  return row;
};
const faults = async (outside: string[] = []) => {
  const kept = outside.map((note) => ({ where: "a file", note }));
  return (await prove(db, { vkey: signer.vkey, outside: kept, witnesses: [] })).faults;
};

test("what is settled is sealed once, under a signed checkpoint", async () => {
  await changeAndSeal();
  const { size, note } = await newest();
  expect(await sealer.seal()).toBe(0);
  const [{ settled }] = (await db.query(
    "select sum(entries)::float8 as settled from history_transaction",
  )) as [{ settled: number }];
  expect(size).toBe(settled);
  const { root } = openCheckpoint(note, signer.vkey);
  expect((await readTree(db, size)).root.equals(root)).toBe(true);
  // Another process goes on where this one has stopped.
  await anEntitlement(app, { courseUuid: aCourse() });
  await app.committer.settle(true);
  expect(await new Sealer(app.db, () => signer).seal()).toBeGreaterThan(0);
  expect(await faults()).toEqual([]);
});

test("a round with nothing to seal costs one statement", async () => {
  await changeAndSeal();
  expect(await statementsOf(() => sealer.seal())).toHaveLength(1);
});

test("each entry is proven by a file that opens its names and words", async () => {
  const id = await changeAndSeal();
  const entries = (await db.query(
    `select history_id::text as id, 'historical_course_entitlement' as "table" from historical_course_entitlement where id = $1
     union all select history_id::text, 'historical_course_entitlement_support_detail'
     from historical_course_entitlement_support_detail where entitlement_id = $1`,
    [id],
  )) as { id: string; table: string }[];
  expect(entries.length).toBeGreaterThan(1);
  for (const { id: historyId, table } of entries) {
    const proof = await proveEntry(app.db, historyId);
    const fields = checkProof(JSON.stringify(proof), signer.vkey);
    expect(fields).toMatchObject({ history_id: historyId, table });
    expect(JSON.stringify(proof).length).toBeLessThan(3_000);
    if (table.endsWith("support_detail")) {
      expect(fields).toMatchObject({ comments: COMMENTS, history_user_label: "grace" });
      expect(proof!.leaf).not.toContain("paid");
      expect(proof!.leaf).not.toContain("grace");
    }
  }
});

test("an entry that is not sealed yet has no proof", async () => {
  const id = await anEntitlement(app, { courseUuid: aCourse() });
  const [entry] = (await db.query(
    "select history_id::text as id from historical_course_entitlement where id = $1",
    [id],
  )) as [{ id: string }];
  expect(await proveEntry(app.db, entry.id)).toBeNull();
});

/** Changes the past as an owner could who switches the triggers off; the change is undone afterwards. */
async function tampered(sql: string, outside: string[] = []): Promise<string[]> {
  await connection.startTransaction();
  try {
    await db.query("set local session_replication_role = replica");
    for (const table of [
      "historical_course_entitlement",
      "historical_course_entitlement_support_detail",
      "history_checkpoint",
      "history_transaction",
    ])
      await db.query(`alter table ${table} disable trigger all`);
    await db.query(sql);
    return await faults(outside);
  } finally {
    await connection.rollbackTransaction();
  }
}
const FIRST = "(select min(history_id) from historical_course_entitlement)";
const NEWEST = "(select max(history_id) from historical_course_entitlement)";

test.each([
  ["a value", `update historical_course_entitlement set mode = 'audit' where history_id = ${FIRST}`],
  [
    "who acted",
    `update historical_course_entitlement set history_user_label = 'x' where history_id = ${NEWEST}`,
  ],
  [
    "a reason",
    `update historical_course_entitlement set history_change_reason = 'x' where history_id = ${FIRST}`,
  ],
  [
    "a date",
    `update historical_course_entitlement set history_date = history_date - interval '1 ms' where history_id = ${FIRST}`,
  ],
  ["a comment", "update historical_course_entitlement_support_detail set comments = 'x'"],
])("%s that was changed is found, with the position and the entity", async (_, sql) => {
  await changeAndSeal();
  const [first] = await tampered(sql);
  expect(first).toMatch(/^position \d+: entry \d+ of historical_\w+ [-0-9a-f]{36} is not as it was sealed$/);
});

test.each([
  ["an entry that was deleted", `delete from historical_course_entitlement where history_id = ${FIRST}`],
  [
    "a tile that was changed",
    "update history_tile set hashes = overlay(hashes placing '\\x00' from 1) where level = 0",
  ],
  ["the newest transactions taken away", "delete from history_transaction where first_position > 3"],
  [
    "a checkpoint that was deleted",
    "delete from history_checkpoint where size = (select max(size) from history_checkpoint)",
  ],
  ["a checkpoint that was changed", "update history_checkpoint set note = replace(note, 'a', 'b')"],
])("%s is found beside one checkpoint that was kept", async (_, sql) => {
  await changeAndSeal();
  const { note } = await newest();
  expect(await faults([note])).toEqual([]);
  expect((await tampered(sql, [note])).length).toBeGreaterThan(0);
});

test("a past that was sealed again with the stolen key is found beside one checkpoint that was kept", async () => {
  await changeAndSeal();
  const { note } = await newest();
  const [fault] = await tampered(
    `update historical_course_entitlement set mode = 'audit' where history_id = ${FIRST};
     delete from history_tile; delete from history_checkpoint`,
    [note],
  );
  expect(fault).toContain("is missing in the database");
});

test("a checkpoint of another past is a fault until it is given up, and then is told with the reason", async () => {
  await changeAndSeal();
  const { size, note } = await newest();
  const text = `${signer.name}\n${size}\n${Buffer.alloc(32, 7).toString("base64")}\n`;
  const outside = [note, `${text}\n${signer.line(text)}`].map((each) => ({ where: "a file", note: each }));
  const trusted = { vkey: signer.vkey, outside, witnesses: [] };
  expect((await prove(db, trusted)).faults).toEqual([
    `the first ${size} entries are not those of the checkpoint in a file`,
  ]);
  expect(await giveUp(db, trusted, "the disk was lost")).toBe(1);
  expect(await giveUp(db, trusted, "the disk was lost")).toBe(0);
  const { faults: left, givenUp } = await prove(db, trusted);
  expect(left).toEqual([]);
  expect(givenUp).toEqual([
    expect.stringMatching(`^the checkpoint of ${size} entries was given up by .*: the disk was lost$`),
  ]);
  const foreign = { ...trusted, vkey: newSigner(signer.name).vkey };
  await expect(giveUp(db, foreign, "x")).rejects.toThrow(
    "cannot be given up. The checkpoint is not signed by this key.",
  );
  await expect(db.query("delete from history_given_up")).rejects.toThrow("history is never changed");
});
