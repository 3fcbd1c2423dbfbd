import { checkProof, openCheckpoint, type ProofFile } from "../../src/proof/check-proof";
import { postureFaults } from "../../src/proof/posture";
import { brokenRows } from "../../src/proof/verify";
import { prove } from "../../src/proof/sealed/prove";
import { proveEntry } from "../../src/proof/sealed/prove-entry";
import { Sealer } from "../../src/proof/sealed/sealer";
import { eraseUser } from "../../src/use-cases/accounts/erase-user";
import { HISTORIES } from "../../src/history/settle";
import { inSnapshot } from "../../src/store/snapshot";
import { asSuperuser } from "../support/database";
import { ask, grace, useDemoApp } from "../support/demo-app";
import { tablesWith } from "../support/texts";
import { newSigner } from "./signers";

const app = useDemoApp();
const signer = newSigner("history.example");
const DETAIL = "Ada says that she was ill.";
const FAULT = "the shop knows no Ada Lovelace";
const NAMED = "Ada Lovelace asked for it";
const ID = "e0000000-0000-4000-8000-000000000039";

const sealed = async () => {
  await app.committer.settle(true);
  await new Sealer(app.db, () => signer).seal();
  const [row] = await app.db.query<[{ note: string }]>(
    "select note from history_checkpoint order by size desc limit 1",
  );
  return row.note;
};
const faultsOf = (kept: readonly string[]) =>
  inSnapshot(app.db, async (tx) => {
    const outside = kept.map((note, index) => ({ where: `file ${index}`, note }));
    return (await prove(tx, { vkey: signer.vkey, outside, witnesses: [] })).faults;
  });

/** A proof as a file holds it. */
async function fileOf(historyId: string): Promise<ProofFile> {
  const proof = (await proveEntry(app.db, historyId))!;
  return { ...proof, checkpoint: proof.checkpoint.note };
}

async function entryOf(sql: string): Promise<string> {
  const [row] = await app.db.query<[{ id: string }]>(sql);
  return row.id;
}

let before: string;
let proofs: Record<"name" | "words", string>;
beforeAll(async () => {
  await app.db.query("update user_account set name = 'Ada Lovelace', email = 'ada@example.org' where id = 1");
  await app.db.query(
    `insert into course_entitlement_support_detail (entitlement_id, action, comments, created_at, modified_at)
     values ($1, 'OTHER', $2, now(), now())`,
    ["e0000000-0000-4000-8000-000000000001", DETAIL],
  );
  await app.db.query("update refund set detail = $1 where state = 'NEEDS_REVIEW'", [FAULT]);
  await app.db.query(
    "insert into support_agent (user_id, comments, created_at, modified_at) values (1, $1, now(), now())",
    [NAMED],
  );
  before = await sealed();
  const ofName = await entryOf(
    "select history_id as id from historical_course_entitlement where history_user_label = 'ada' limit 1",
  );
  const ofWords = await entryOf(
    `select history_id as id from historical_course_entitlement_support_detail where comments = '${DETAIL}'`,
  );
  proofs = { name: JSON.stringify(await fileOf(ofName)), words: JSON.stringify(await fileOf(ofWords)) };
  // What was made since is not sealed when the user is forgotten.
  await app.db.query(
    `begin; select set_config('history.user', 'ada', true), set_config('history.user_id', '1', true);
     update course_entitlement set mode = 'honor' where id = '${ID}'; commit`,
  );
  const told = { userId: "1", comments: "Request 4711" };
  expect(await eraseUser(app.db, told, new Date())).toBeGreaterThan(20);
});

test("no row and no entry names the user or holds words about it, and ids, order and values stay", async () => {
  for (const words of [DETAIL, FAULT, NAMED, "Lovelace", "ada@example.org"])
    expect(await tablesWith(app.db, words)).toEqual([]);
  const authors = HISTORIES.map(
    (table) => `select history_user_label as label from ${table} where history_user_id = 1`,
  );
  expect(await app.db.query(authors.join(" union "))).toEqual([{ label: "erased" }]);
  expect(
    await app.db.query("select username, email, name, is_active from user_account where id = 1"),
  ).toEqual([{ username: "retired__user_1", email: null, name: null, is_active: false }]);
  const [{ entitlements }] = await app.db.query<[{ entitlements: number }]>(
    "select count(*)::int as entitlements from course_entitlement where user_id = 1",
  );
  expect(entitlements).toBeGreaterThan(30);
});

test("what others did and what is about others stays", async () => {
  const [{ others }] = await app.db.query<[{ others: number }]>(
    "select count(*)::int as others from historical_course_entitlement where history_user_label in ('grace', 'shop', 'bob')",
  );
  expect(others).toBeGreaterThan(20);
});

test("the history is as it was sealed before, and every row equals its newest entry", async () => {
  const after = await sealed();
  expect(openCheckpoint(after, signer.vkey).size).toBeGreaterThan(openCheckpoint(before, signer.vkey).size);
  expect(await faultsOf([before, after])).toEqual([]);
  for await (const row of brokenRows(app.db.manager)) throw new Error(JSON.stringify(row));
  expect(await postureFaults(app.db.manager)).toEqual([]);
});

test("every old proof verifies, and a new one of the same entry opens nothing", async () => {
  expect(checkProof(proofs.name, signer.vkey, before)).toMatchObject({ history_user_label: "ada" });
  expect(checkProof(proofs.words, signer.vkey, before)).toMatchObject({ comments: DETAIL });
  for (const old of Object.values(proofs)) {
    const { leaf } = JSON.parse(old) as { leaf: string };
    const { id, table } = JSON.parse(leaf) as { id: string; table: string };
    const historyId = await entryOf(
      `select history_id as id from ${table} where id = '${id}' and history_id = ${(JSON.parse(leaf) as { history_id: string }).history_id}`,
    );
    const again = await fileOf(historyId);
    expect(again.leaf).toBe(leaf);
    expect(again.openings.map(({ field }) => field)).not.toContain("comments");
    const fields = checkProof(JSON.stringify(again), signer.vkey);
    expect([fields["history_user_label"], fields["comments"] ?? null]).not.toContain(DETAIL);
    expect(fields["history_user_label"]).not.toBe("ada");
  }
});

test("the erasure is an entry of history itself, without a name", async () => {
  interface Answer {
    history: { edges: { node: { operation: string; state: object } }[] };
  }
  const { data } = await ask<Answer>(
    app,
    { ...grace, isStaff: true },
    `{ history(filter: { entityTypes: [ERASURE] }) { edges { node { operation changedByLabel
        state { ... on Erasure { userId comments entries } } } } } }`,
  );
  expect(data!.history.edges).toEqual([
    {
      node: {
        operation: "eraseUser",
        changedByLabel: "system",
        state: { userId: "1", comments: "Request 4711", entries: expect.any(Number) as number },
      },
    },
  ]);
});

test("to forget a user again changes nothing", async () => {
  const told = { userId: "1", comments: "Request 4712" };
  expect(await eraseUser(app.db, told, new Date())).toBe(0);
  expect(await faultsOf([before])).toEqual([]);
});

const erasing = (sql: string) =>
  app.db.query(
    `begin; select set_config('history.erasing', pg_current_xact_id()::text, true); ${sql}; commit`,
  );

test.each([
  [
    "a name without what stands for it",
    "update historical_course_entitlement set history_user_label = 'erased'",
  ],
  ["another column", "update historical_course_entitlement set mode = null"],
  ["a name by another name", "update historical_course_entitlement set history_user_label = 'bob'"],
  [
    "a name, with what stood for another erasure",
    "update historical_course_entitlement set history_user_label = 'erased' where history_user_label <> 'erased'",
  ],
  ["an entry as a whole", "delete from historical_course_entitlement"],
])("the database refuses to erase %s", async (_what, sql) => {
  await expect(erasing(sql)).rejects.toThrow("history is never changed");
  await app.db.query("rollback").catch(() => undefined);
});

test("nothing is forgotten without an erasure that is recorded", async () => {
  const [{ id }] = await app.db.query<[{ id: string }]>("select gen_random_uuid() as id");
  await expect(app.db.query("select history_erase(2, $1)", [id])).rejects.toThrow(
    "history_erased_erasure_id_fkey",
  );
});

test("an erasure that history does not tell of is found", async () => {
  const { options } = app.db;
  await asSuperuser(
    `alter table history_erased disable trigger append_only, disable trigger append_only_rows;
     alter table history_erased drop constraint history_erased_erasure_id_fkey;
     update history_erased set erasure_id = gen_random_uuid()
       where history_id = (select min(history_id) from history_erased);
     alter table history_erased enable always trigger append_only, enable always trigger append_only_rows`,
    options.type === "postgres" ? options.url! : "",
  );
  expect(await faultsOf([before])).toEqual([
    expect.stringMatching(/^entry \d+ of historical_\w+ was erased, and history does not tell of it$/),
    expect.stringMatching(/^the erasure [-\w]+ tells of \d+ entries, and erased \d+$/),
  ]);
});
