import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { DataSource } from "typeorm";
import { Committer } from "../../src/history/committer";
import { asOfSource, walkAsOf } from "../../src/reads/as-of";
import { findEntitlements, type SourceOf } from "../../src/reads/entitlement-search";
import { loadConfig } from "../../src/config";
import { addPeople } from "../history/world";
import { openTestDatabase } from "../support/database";

let db: DataSource;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
  await addPeople(db);
});
afterAll(() => close());

const step = fc.record({
  kind: fc.constantFrom("make", "change", "delete"),
  which: fc.nat(4),
  day: fc.nat(3),
});

test("a list of everybody as of an instant, read in the order of creation, is the one that all history gives", async () => {
  const { defaultPeriods } = loadConfig({});
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 15 }), async (steps) => {
      await db.query("delete from course_entitlement");
      const ids = Array.from({ length: 5 }, () => randomUUID());
      const instants: Date[] = [];
      for (const { kind, which, day } of steps) {
        const id = ids[which];
        if (kind === "make")
          await db.query(
            `insert into course_entitlement (id, user_id, course_uuid, mode, created_at, modified_at)
             values ($1, 1, gen_random_uuid(), 'verified', now() - (5 - $2::int) * interval '1 day', now())
             on conflict do nothing`,
            [id, day],
          );
        else if (kind === "change")
          await db.query("update course_entitlement set mode = mode || 'x' where id = $1", [id]);
        else await db.query("delete from course_entitlement where id = $1", [id]);
        const [{ at }] = await db.query<[{ at: Date }]>("select history_now() as at, pg_sleep(0.002)");
        instants.push(at);
      }
      await new Committer(db).settle(true);
      for (const now of instants)
        for (const direction of ["ASC", "DESC"] as const) {
          const read = async (sourceOf: SourceOf, size: number, key: { value: string; id: string } | null) =>
            findEntitlements(
              db,
              {},
              { field: "CREATED_AT", direction },
              { size, key, isBackward: false },
              { now, defaultPeriods },
              sourceOf,
            );
          const whole = await read((parameter) => asOfSource(parameter(now)), 100, null);
          const walked = await read((parameter) => walkAsOf(parameter(now)), 100, null);
          expect(walked.rows).toEqual(whole.rows);
          const [first, ...others] = whole.rows;
          if (!first) continue;
          seen += whole.rows.length;
          const key = { value: first.createdAt.toISOString(), id: first.id };
          expect((await read((parameter) => walkAsOf(parameter(now)), 100, key)).rows).toEqual(others);
        }
    }),
    { numRuns: 15 },
  );
  expect(seen).toBeGreaterThan(50);
});
