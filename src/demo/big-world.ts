import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { MoreThanOrEqual, type DataSource, type EntityManager } from "typeorm";
import { Certificate } from "../entities/certificate";
import { CourseEnrollment } from "../entities/course-enrollment";
import { CourseEntitlement } from "../entities/course-entitlement";
import { CourseEntitlementPolicy } from "../entities/course-entitlement-policy";
import { CourseEntitlementSupportDetail } from "../entities/course-entitlement-support-detail";
import { CourseRun } from "../entities/course-run";
import { UserAccount } from "../entities/accounts/user-account";
import { transact, type Change } from "../store/transact";
import { writeSet } from "../history/write-set";
import { bigCatalog, type TableRows } from "./big-catalog";
import { bigLearners, FIRST_LEARNER, random } from "./big-learners";

/** The number of learners in one round of COPY; progress is reported after each round. */
const LEARNERS_PER_ROUND = 5_000;

const CHANGE: Change = {
  userId: null,
  userLabel: "system",
  reason: "fillBigWorld",
  source: "IMPORT",
  requestId: null,
};

/** Tracked rows are copied to a temporary table first, and written from there together with their history. */
const TRACKED = new Map<string, new () => object>([
  ["course_run", CourseRun],
  ["course_enrollment", CourseEnrollment],
  ["certificate", Certificate],
  ["course_entitlement_policy", CourseEntitlementPolicy],
  ["course_entitlement", CourseEntitlement],
  ["course_entitlement_support_detail", CourseEntitlementSupportDetail],
]);

/** The numbers of rows that have been written so far. */
export interface BigWorldSize {
  /** How many learners there are. */
  learners: number;
  /** How many entitlements there are. */
  entitlements: number;
}

/** The number of learners of the big world; 0 when it has not been added. */
export function bigWorldLearners(db: DataSource): Promise<number> {
  return db.manager.countBy(UserAccount, { id: MoreThanOrEqual(String(FIRST_LEARNER)) });
}

/**
 * Adds a big world for benchmarks: the same rows for the same instant and number of learners. All of it is one
 * transaction, so that an interrupted one leaves nothing behind. Needs a connection without time limits.
 */
export async function fillBigWorld(
  db: DataSource,
  learners: number,
  now: Date,
  onProgress: (size: BigWorldSize) => void,
): Promise<BigWorldSize> {
  const size = { learners: 0, entitlements: 0 };
  const next = random(1);
  await transact(db, CHANGE, async (tx) => {
    await tx.query("set local synchronous_commit = off");
    await copyTables(tx, bigCatalog(now));
    while (size.learners < learners) {
      const count = Math.min(LEARNERS_PER_ROUND, learners - size.learners);
      const tables = bigLearners(FIRST_LEARNER + size.learners, count, now, next);
      await copyTables(tx, tables);
      size.learners += count;
      size.entitlements += tables["course_entitlement"]!.length;
      onProgress({ ...size });
    }
  });
  // Autovacuum would do this some minutes later; doing it now makes the first measurement like the last.
  await db.query("vacuum (analyze)");
  return size;
}

async function copyTables(tx: EntityManager, tables: TableRows): Promise<void> {
  for (const [table, rows] of Object.entries(tables)) {
    const [row] = rows;
    if (!row) continue;
    const columns = Object.keys(row).join(", ");
    const entity = TRACKED.get(table);
    if (!entity) {
      await copy(tx, `${table} (${columns})`, rows);
      continue;
    }
    await tx.query(`create temporary table staged on commit drop as select ${columns} from ${table} limit 0`);
    await copy(tx, "staged", rows);
    await writeSet(
      tx,
      entity,
      `insert into ${table} as written (${columns}) select ${columns} from staged returning written.*`,
    );
    await tx.query("drop table staged");
  }
}

async function copy(tx: EntityManager, target: string, rows: TableRows[string]): Promise<void> {
  const client = (await tx.queryRunner!.connect()) as PoolClient;
  await pipeline(Readable.from(chunks(rows)), client.query(copyFrom(`copy ${target} from stdin`)));
}

/** A row in the text format of COPY. No value of the big world has a character that needs escaping. */
function* chunks(rows: TableRows[string]): Generator<string> {
  for (let start = 0; start < rows.length; start += 500)
    yield rows
      .slice(start, start + 500)
      .map(
        (row) =>
          `${Object.values(row)
            .map((value) => value ?? "\\N")
            .join("\t")}\n`,
      )
      .join("");
}
