import type { DataSource } from "typeorm";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { select } from "../../src/store/statement";
import { transact } from "../../src/store/transact";
import { openTestDatabase } from "../support/database";
import { addPeople, asGrace, broken, entriesOf, GRACE, grant } from "../history/world";

const CONNECTIONS = 6;
const READ = "select id, mode, order_number from course_entitlement order by id";

let db: DataSource;
let close: () => Promise<void>;
beforeEach(async () => {
  ({ db, close } = await openTestDatabase());
  await addPeople(db);
});
afterEach(() => close());

/** The statements of a busy server, on a number of connections at once. */
const work = (id: string, mode: string) =>
  Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, place) => {
      await select(db, READ);
      await transact(db, GRACE, async (tx) => {
        await select(tx, READ);
        await tx.save(CourseEntitlement, { id, mode: `${mode} ${place}` });
        await tx.query("select pg_sleep(0.02)"); // so that all connections are taken
      });
    }),
  );

async function widen(): Promise<void> {
  await db.query(`
    alter table course_entitlement alter column order_number type varchar(200);
    alter table historical_course_entitlement alter column order_number type varchar(200);
    select guard_history('course_entitlement')`);
}

test("a migration that changes the type of a column causes no failure in running servers", async () => {
  const { id } = await grant(db);
  for (const time of ["first", "second", "third"]) await work(id, time); // every connection has prepared its statements
  await widen();
  await work(id, "fourth");
  expect(await entriesOf(db, id)).toHaveLength(1 + 4 * CONNECTIONS);
  expect(await broken(db)).toEqual([]);
});

test("a statement that fails for another reason than an outdated plan is not repeated", async () => {
  let times = 0;
  const failing = asGrace(db, async (tx) => {
    times += 1;
    await select(tx, "select 1 from course_entitlement group by id for update");
  });
  await expect(failing).rejects.toMatchObject({ driverError: { code: "0A000" } });
  expect(times).toBe(1);
});
