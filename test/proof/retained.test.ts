import { checkProof, hiddenValue, type ProofFile } from "../../src/proof/check-proof";
import { postureFaults } from "../../src/proof/posture";
import { prove } from "../../src/proof/sealed/prove";
import { proveEntry } from "../../src/proof/sealed/prove-entry";
import { Sealer } from "../../src/proof/sealed/sealer";
import { saltOf } from "../../src/proof/tree/leaf";
import { brokenRows } from "../../src/proof/verify";
import { countRetained } from "../../src/reads/accounts/retained-entries";
import { inSnapshot } from "../../src/store/snapshot";
import { eraseUser } from "../../src/use-cases/accounts/erase-user";
import { retainHistory } from "../../src/use-cases/accounts/retain-history";
import { checksumOf } from "../support/checksum";
import { asSuperuser } from "../support/database";
import { ask, grace, useDemoApp } from "../support/demo-app";
import { tablesWith } from "../support/texts";
import { newSigner } from "./signers";

const app = useDemoApp();
const signer = newSigner("history.example");
const OLD = "Ada says that she was ill long ago.";
const OFTEN = "Ada says the same then and now.";
const YOUNG = "Ada says that she is well.";
const FAULT = "the shop knew no Ada Lovelace";
const AGENT = "Ada answers for the shop";
const nth = (place: number) => `e0000000-0000-4000-8000-${String(place).padStart(12, "0")}`;

const sealed = async () => {
  await app.committer.settle(true);
  await new Sealer(app.db, () => signer).seal();
  const sql = "select note from history_checkpoint order by size desc limit 1";
  return (await app.db.query<[{ note: string }]>(sql))[0].note;
};
const faultsOf = (kept: readonly string[]) =>
  inSnapshot(app.db, async (tx) => {
    const outside = kept.map((note, index) => ({ where: `file ${index}`, note }));
    return (await prove(tx, { vkey: signer.vkey, outside, witnesses: [] })).faults;
  });
const byAda = (sql: string) =>
  app.db.query(
    `begin; select set_config('history.user', 'ada', true), set_config('history.user_id', '1', true); ${sql}; commit`,
  );
const detail = (entitlement: number, words: string) =>
  `insert into course_entitlement_support_detail (entitlement_id, action, comments, created_at, modified_at)
   values ('${nth(entitlement)}', 'OTHER', '${words}', now(), now())`;
const idOf = async (sql: string) => (await app.db.query<[{ id: string }]>(sql))[0].id;
async function fileOf(historyId: string): Promise<string> {
  const { checkpoint, ...proof } = (await proveEntry(app.db, historyId))!;
  return JSON.stringify({ ...proof, checkpoint: checkpoint.note } satisfies ProofFile);
}
const DETAILS = "historical_course_entitlement_support_detail";
const NAMED = "select history_id as id from historical_course_entitlement where history_user_label = 'ada'";

let boundary: Date;
let before: string;
let ids: Record<"oldName" | "oldWords" | "youngName" | "youngWords", string>;
let proofs: Record<keyof typeof ids, string>;
let key: Buffer;
let removed: Map<string, number>;
const retention = () => ({ before: boundary, comments: "The law wants it" });
beforeAll(async () => {
  await byAda(detail(1, OLD));
  await byAda(detail(2, OFTEN));
  await byAda(`update course_entitlement set mode = 'honor' where id = '${nth(39)}'`);
  await app.db.query("update refund set detail = $1 where state = 'NEEDS_REVIEW'", [FAULT]);
  await app.db.query(
    "insert into support_agent (user_id, comments, created_at, modified_at) values (1, $1, now(), now())",
    [AGENT],
  );
  await app.committer.settle(true);
  // The instant of a change is later than all that was settled before.
  boundary = (
    await app.db.query<[{ at: Date }]>("select max(at) + interval '1 ms' as at from history_transaction")
  )[0].at;
  await app.db.query("select pg_sleep(0.05)");
  await byAda(detail(3, YOUNG));
  await byAda(`update course_entitlement_support_detail set action = 'REISSUE' where comments = '${OFTEN}'`);
  await byAda(`update course_entitlement set mode = 'audit' where id = '${nth(39)}'`);
  before = await sealed();
  ids = {
    oldName: await idOf(`${NAMED} and mode = 'honor'`),
    oldWords: await idOf(`select history_id as id from ${DETAILS} where comments = '${OLD}'`),
    youngName: await idOf(`${NAMED} and mode = 'audit'`),
    youngWords: await idOf(`select history_id as id from ${DETAILS} where comments = '${YOUNG}'`),
  };
  const names = Object.keys(ids) as (keyof typeof ids)[];
  proofs = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await fileOf(ids[name])] as const)),
  ) as typeof proofs;
  ({ key } = (
    await app.db.query<[{ key: Buffer }]>("select key from history_subject_key where user_id = 1")
  )[0]);
  // What was made since is not sealed when texts are removed.
  await byAda(`update course_entitlement set mode = 'verified' where id = '${nth(39)}'`);
  removed = await retainHistory(app.db, retention(), new Date());
});

test("no entry that is older names who acted or holds words, and no row that has not changed since", async () => {
  expect(removed.get("SUPPORT_DETAIL")).toBeGreaterThan(1);
  expect(removed.get("COURSE_ENTITLEMENT")).toBeGreaterThan(20);
  for (const words of [OLD, FAULT, AGENT]) expect(await tablesWith(app.db, words)).toEqual([]);
  const tables = await app.db.query<{ name: string }[]>(
    "select relname as name from pg_class where relname like 'historical\\_%' and relkind = 'r'",
  );
  for (const { name } of tables) {
    const labels = await app.db.query<{ label: string }[]>(
      `select distinct history_user_label as label from ${name} join history_transaction on txid = history_txid
       where at < $1 and history_user_id is not null`,
      [boundary],
    );
    expect(labels.filter(({ label }) => label !== "erased")).toEqual([]);
  }
});

test("younger texts, accounts and all other values stay", async () => {
  expect(await tablesWith(app.db, YOUNG)).toEqual(["course_entitlement_support_detail", DETAILS]);
  expect(await tablesWith(app.db, OFTEN)).toEqual(["course_entitlement_support_detail", DETAILS]);
  const often = `select history_type as type, comments from ${DETAILS} where id = (
    select id from course_entitlement_support_detail where comments = $1) order by history_id`;
  expect(await app.db.query(often, [OFTEN])).toEqual([
    { type: "+", comments: null },
    { type: "~", comments: OFTEN },
  ]);
  const labels =
    "select history_user_label as label, mode from historical_course_entitlement where id = $1 and history_user_id = 1 order by history_id desc limit 3";
  expect(await app.db.query(labels, [nth(39)])).toEqual([
    { label: "ada", mode: "verified" },
    { label: "ada", mode: "audit" },
    { label: "erased", mode: "honor" },
  ]);
  expect(await app.db.query("select username from user_account where id = 1")).toEqual([{ username: "ada" }]);
});

test("the history is as it was sealed before, and every row equals its newest entry", async () => {
  expect(await faultsOf([before, await sealed()])).toEqual([]);
  for await (const row of brokenRows(app.db.manager)) throw new Error(JSON.stringify(row));
  expect(await postureFaults(app.db.manager)).toEqual([]);
});

test("every old proof verifies; a new one opens what is younger, and nothing that is older", async () => {
  expect(checkProof(proofs.oldName, signer.vkey, before)).toMatchObject({ history_user_label: "ada" });
  expect(checkProof(proofs.oldWords, signer.vkey, before)).toMatchObject({ comments: OLD });
  const opened = async (id: string) => checkProof(await fileOf(id), signer.vkey);
  expect(await opened(ids.oldName)).toMatchObject({ history_user_label: null });
  expect(await opened(ids.oldWords)).toMatchObject({ history_user_label: null, comments: null });
  expect(await opened(ids.youngName)).toMatchObject({ history_user_label: "ada" });
  expect(await opened(ids.youngWords)).toMatchObject({ history_user_label: "ada", comments: YOUNG });
  for (const name of Object.keys(ids) as (keyof typeof ids)[])
    expect((JSON.parse(await fileOf(ids[name])) as ProofFile).leaf).toBe(
      (JSON.parse(proofs[name]) as ProofFile).leaf,
    );
});

test("what was removed cannot be found from its hash by trying names with what the database still has", async () => {
  const [{ hidden }] = await app.db.query<[{ hidden: string }]>(
    "select hidden from history_erased where history_id = $1 and column_name = 'history_user_label'",
    [ids.oldName],
  );
  const tried = (salt: Buffer) => hiddenValue(salt, "history_user_label", "ada");
  expect(tried(saltOf(key, ids.oldName))).toBe(hidden);
  const kept = await app.db.query<{ bytes: Buffer }[]>(
    "select key as bytes from history_subject_key union all select salt from history_salt",
  );
  for (const { bytes } of kept) {
    expect(tried(bytes)).not.toBe(hidden);
    expect(tried(saltOf(bytes, ids.oldName))).not.toBe(hidden);
  }
  expect(kept.length).toBeGreaterThan(3);
});

test("the retention is told by history: which entries, how many and why, and no name", async () => {
  interface Answer {
    history: { edges: { node: { operation: string; state: { entityType: string; entries: number } } }[] };
  }
  const { data } = await ask<Answer>(
    app,
    { ...grace, isStaff: true },
    `{ history(filter: { entityTypes: [ERASURE] }) { edges { node { operation changedByLabel
        state { ... on Erasure { userId entityType coversUntil comments entries } } } } } }`,
  );
  const nodes = data!.history.edges.map(({ node }) => node);
  expect(new Map(nodes.map(({ state }) => [state.entityType, state.entries]))).toEqual(removed);
  for (const node of nodes)
    expect(node).toMatchObject({
      operation: "retainHistory",
      changedByLabel: "system",
      state: { userId: null, coversUntil: boundary.toISOString(), comments: "The law wants it" },
    });
});

test("the same again finds nothing to do, and writes nothing", async () => {
  expect(await countRetained(app.db, boundary)).toEqual(new Map());
  const sums = await checksumOf(app.db);
  expect(await retainHistory(app.db, retention(), new Date())).toEqual(new Map());
  expect(await checksumOf(app.db)).toEqual(sums);
});

test("a later retention, new changes and the erasure of the user go together with it", async () => {
  await byAda(`update course_entitlement set mode = 'honor' where id = '${nth(39)}'`);
  const middle = await sealed();
  const [{ at }] = await app.db.query<[{ at: Date }]>(
    "select at + interval '1 ms' as at from history_transaction join historical_course_entitlement on txid = history_txid where history_id = $1",
    [ids.youngName],
  );
  await retainHistory(app.db, { before: at, comments: "A year later" }, new Date());
  expect(checkProof(await fileOf(ids.youngName), signer.vkey)).toMatchObject({ history_user_label: null });
  expect(await faultsOf([before, middle, await sealed()])).toEqual([]);
  expect(await eraseUser(app.db, { userId: "1", comments: "Request 4711" }, new Date())).toBeGreaterThan(0);
  expect(await tablesWith(app.db, YOUNG)).toEqual([]);
  expect(await app.db.query("select 1 from history_salt where user_id = 1")).toEqual([]);
  expect(await faultsOf([before, middle, await sealed()])).toEqual([]);
});

test("an interrupted retention leaves a history that is proven, and is ended by the same command", async () => {
  await app.db.query(detail(4, "Bob says so.").replace("OTHER", "REISSUE"));
  await sealed();
  const [{ at }] = await app.db.query<[{ at: Date }]>(
    "select max(at) + interval '1 ms' as at from history_transaction",
  );
  const stop = new Error("stopped");
  const stopping = retainHistory(app.db, { before: at, comments: "x" }, new Date(), () => {
    throw stop;
  });
  await expect(stopping).rejects.toBe(stop);
  expect(await faultsOf([before, await sealed()])).toEqual([]);
  await retainHistory(app.db, { before: at, comments: "x" }, new Date());
  expect(await countRetained(app.db, at)).toEqual(new Map());
  expect(await app.db.query("select 1 from history_subject_key where reveals")).toEqual([]);
  expect(await faultsOf([before, await sealed()])).toEqual([]);
});

test.each(["history_retain", "history_forget_keys"])("nobody but the owner may call %s", async (name) => {
  const [{ isPublic }] = await app.db.query<[{ isPublic: boolean }]>(
    `select has_function_privilege('pg_monitor', oid, 'execute') as "isPublic" from pg_proc where proname = $1`,
    [name],
  );
  expect(isPublic).toBe(false);
});

/** Nulls the words of a young entry as a superuser could, with the hash that stands for them, as if by an erasure. */
const nulling = (erasure: string) => `
  alter table ${DETAILS} disable trigger append_only, disable trigger append_only_rows; alter table ${DETAILS} disable trigger erase_only;
  alter table history_erased drop constraint if exists history_erased_erasure_id_fkey;
  insert into history_erased (history_id, column_name, hidden, erasure_id)
    select history_id, 'comments', repeat('0', 64), ${erasure} from ${DETAILS} where comments is not null
    order by history_id desc limit 1;
  update ${DETAILS} set comments = null where history_id = (select max(history_id) from history_erased where column_name = 'comments');
  alter table ${DETAILS} enable always trigger append_only, enable always trigger append_only_rows; alter table ${DETAILS} enable always trigger erase_only`;

test.each([
  ["a retention that there never was", "gen_random_uuid()", /was erased, and history does not tell of it$/],
  [
    "a retention of older entries",
    "(select id from history_erasure where entity_type = 'SUPPORT_DETAIL' order by covers_until limit 1)",
    /was erased, and history does not tell of it$/,
  ],
  [
    "a retention that has removed fewer",
    "(select id from history_erasure where entity_type = 'SUPPORT_DETAIL' order by covers_until limit 1)",
    /^the erasure [-\w]+ tells of \d+ entries, and erased \d+$/,
  ],
])("words that a superuser took away are found, in the name of %s", async (_what, erasure, fault) => {
  await app.db.query(detail(5, `words ${Math.random()}`));
  const kept = await sealed();
  const earlier = await faultsOf([before, kept]);
  const { options } = app.db;
  await asSuperuser(nulling(erasure), options.type === "postgres" ? options.url! : "");
  const found = (await faultsOf([before, kept])).filter((each) => !earlier.includes(each));
  expect(found).toContainEqual(expect.stringMatching(fault));
});
