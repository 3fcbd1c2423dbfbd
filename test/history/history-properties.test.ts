import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { DataSource } from "typeorm";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { factsAsOf } from "../../src/reads/as-of";
import { entriesOf as timelineOf } from "../../src/reads/history-entries";
import { Committer } from "../../src/history/committer";
import { changesBetween, type Image } from "../../src/history/tracked-types";
import { writeSet } from "../../src/history/write-set";
import { firstRows } from "../../src/store/rows/page";
import { openTestDatabase } from "../support/database";
import { addPeople, asGrace, anEntitlement, broken, entriesOf, grant } from "./world";

let db: DataSource;
let close: () => Promise<void>;
let committer: Committer;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  await addPeople(db);
  committer = new Committer(db);
});
afterEach(() => setClock("clock_timestamp()"));
afterAll(async () => {
  expect(await broken(db)).toEqual([]);
  await close();
});

/** The clock of all history, in place of the system's. */
async function setClock(expression: string): Promise<void> {
  await db.query(`create or replace function history_now() returns timestamptz volatile language sql
    return date_trunc('milliseconds', ${expression})`);
}

/** An event in the life of an entitlement. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("save" as const), mode: fc.constantFrom("a", "b", "c") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("sql" as const), mode: fc.constantFrom("a", "b", "c") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("set" as const), mode: fc.constantFrom("a", "b", "c") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("remove" as const, "delete" as const),
      mode: fc.constant(""),
    }),
  },
);
interface Step {
  kind: "save" | "sql" | "set" | "remove" | "delete";
  mode: string;
}

async function take({ kind, mode }: Step, id: string): Promise<void> {
  const row = anEntitlement({ id, mode });
  if (kind === "save") await asGrace(db, (tx) => tx.save(CourseEntitlement, row));
  if (kind === "remove")
    await asGrace(db, async (tx) => tx.remove(await tx.findBy(CourseEntitlement, { id })));
  if (kind === "delete") await db.query("delete from course_entitlement where id = $1", [id]);
  const upsert = `insert into course_entitlement (id, user_id, course_uuid, mode, created_at, modified_at)
    values ($1, 1, $3, $2, now(), now()) on conflict (id) do update set mode = $2`;
  if (kind === "sql") await db.query(upsert, [id, mode, row.courseUuid]);
  if (kind === "set")
    await asGrace(db, (tx) =>
      writeSet(tx, CourseEntitlement, `${upsert} returning *`, [id, mode, row.courseUuid]),
    );
}

test("applying all changes from the creation on gives each state of a row", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const id = randomUUID();
      for (const each of steps) await take(each, id);
      const [timeline] = await timelineOf(db, "COURSE_ENTITLEMENT", [id], {}, firstRows(100));
      const entries = timeline!.rows.toReversed();
      let folded: Image = {};
      for (const { type, image, previousImage } of entries) {
        if (type === "+") folded = {};
        for (const { name, to } of changesBetween(
          "COURSE_ENTITLEMENT",
          type === "+" ? null : previousImage,
          image,
        ))
          folded[name] = to;
        expect(withoutNulls(folded)).toEqual(withoutNulls(image));
      }
      // Each life begins, goes on and ends in this order.
      expect(entries.map(({ type }) => type).join("")).toMatch(/^(\+~*-)*(\+~*)?$/);
    }),
    { numRuns: 40 },
  );
});

test("a query as of an earlier instant gives the answer of that instant", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(1), step), { maxLength: 10 }), async (steps) => {
      const ids = [randomUUID(), randomUUID()];
      const recorded: { at: Date; modes: (string | null)[] }[] = [];
      for (const [which, each] of steps) {
        await take(each, ids[which]!);
        const [{ at }] = (await db.query("select history_now() as at")) as [{ at: Date }];
        recorded.push({ at, modes: await modesNow(ids) });
        await db.query("select pg_sleep(0.002)");
      }
      await committer.settle();
      for (const { at, modes } of recorded)
        expect((await factsAsOf(db, ids, at)).map((facts) => facts?.mode ?? null)).toEqual(modes);
    }),
    { numRuns: 15 },
  );
});

test("after a thousand changes at one instant, a list as of it shows no row twice and no deleted row", async () => {
  const gone = randomUUID();
  const there = randomUUID();
  await setClock("timestamptz '2030-01-01'");
  await db.transaction(async (tx) => {
    // Each in a transaction of its own would be slow; a savepoint that makes constraints immediate is the same to it.
    await tx.query("set constraints all immediate");
    for (let i = 0; i < 250; i++) {
      for (const id of [gone, there]) {
        await tx.query(
          `insert into course_entitlement (id, user_id, course_uuid, mode, created_at, modified_at)
           values ($1, 1, gen_random_uuid(), $2, now(), now()) on conflict (id) do update set mode = $2`,
          [id, `mode-${i}`],
        );
      }
      await tx.query("delete from course_entitlement where id = $1", [gone]);
      await tx.query("update course_entitlement set refund_locked = not refund_locked where id = $1", [
        there,
      ]);
    }
  });
  expect((await entriesOf(db, gone)).length + (await entriesOf(db, there)).length).toBe(1000);
  await committer.settle();
  const [none, one] = await factsAsOf(db, [gone, there], new Date("2030-01-01"));
  expect(none).toBeNull();
  expect(one).toMatchObject({ mode: "mode-249", refundLocked: false });
  expect(await factsAsOf(db, [gone, there], new Date("2029-12-31"))).toEqual([null, null]);
});

test("entries keep their order when the clock is set back", async () => {
  const { id } = await grant(db);
  await setClock("timestamptz '2001-01-01'");
  await take({ kind: "save", mode: "back" }, id);
  await take({ kind: "sql", mode: "guarded" }, id);
  await take({ kind: "set", mode: "in a set" }, id);
  await take({ kind: "remove", mode: "" }, id);
  const dates = (await entriesOf(db, id)).map((entry) => entry.history_date.getTime());
  expect(dates).toHaveLength(5);
  expect(dates).toEqual(dates.toSorted((a, b) => a - b));
});

test("a row that is deleted and created again has two separate histories", async () => {
  const { id } = await grant(db, { mode: "first life" });
  await take({ kind: "remove", mode: "" }, id);
  const [{ between }] = (await db.query("select history_now() as between")) as [{ between: Date }];
  await db.query("select pg_sleep(0.002)");
  await take({ kind: "save", mode: "second life" }, id);
  expect((await entriesOf(db, id)).map((entry) => entry.history_type + entry.mode)).toEqual([
    "+first life",
    "-first life",
    "+second life",
  ]);
  await committer.settle();
  expect(await factsAsOf(db, [id], between)).toEqual([null]);
  const [timeline] = await timelineOf(db, "COURSE_ENTITLEMENT", [id], {}, firstRows(10));
  expect(timeline!.rows[0]).toMatchObject({ type: "+", previousImage: null });
});

async function modesNow(ids: readonly string[]): Promise<(string | null)[]> {
  const rows = await db.query<{ id: string; mode: string }[]>(
    "select id, mode from course_entitlement where id = any($1)",
    [ids],
  );
  return ids.map((id) => rows.find((row) => row.id === id)?.mode ?? null);
}

function withoutNulls(image: Image): Image {
  return Object.fromEntries(Object.entries(image).filter(([, value]) => value !== null));
}
