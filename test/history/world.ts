import type { DataSource, EntityManager } from "typeorm";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import { brokenRows, type BrokenRow } from "../../src/proof/verify";
import { transact, type Change } from "../../src/store/transact";

import { statementsOf as allStatementsOf } from "../support/statements";

export const GRACE: Change = {
  userId: "2",
  userLabel: "grace",
  userRole: "SUPPORT",
  reason: "grantEntitlement",
  source: "API",
  requestId: "request-1",
};

/** A history entry as it is stored. */
export interface Entry {
  id: string;
  mode: string;
  user_id: string;
  order_number: string | null;
  refund_locked: boolean;
  history_id: string;
  history_date: Date;
  history_type: "+" | "~" | "-";
  history_change_reason: string;
  history_user_id: string | null;
  history_user_label: string;
  history_source: string;
  history_request_id: string | null;
  history_txid: string;
}

/** Ada, who learns, and Grace, who supports. */
export async function addPeople(db: DataSource): Promise<void> {
  await db.query("insert into user_account (id, username) values (1, 'ada'), (2, 'grace')");
}

let orders = 0;

/** Values for an entitlement of Ada's, each with an order of its own. */
export function anEntitlement(overrides: Partial<CourseEntitlement> = {}): Partial<CourseEntitlement> {
  orders += 1;
  return {
    userId: "1",
    courseUuid: "c0000000-0000-4000-8000-000000000001",
    mode: "verified",
    orderNumber: `EDX-${orders}`,
    createdAt: new Date("2026-01-01T00:00:00.123Z"),
    modifiedAt: new Date("2026-01-01T00:00:00.123Z"),
    ...overrides,
  };
}

/** Grants one, as Grace. */
export function grant(
  db: DataSource,
  overrides: Partial<CourseEntitlement> = {},
): Promise<CourseEntitlement> {
  return asGrace(db, (tx) => tx.save(tx.create(CourseEntitlement, anEntitlement(overrides))));
}

/** Does something as Grace. */
export function asGrace<T>(db: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  return transact(db, GRACE, work);
}

/** The history of one entitlement, or of all, oldest first. */
export function entriesOf(db: DataSource, id?: string, table = "course_entitlement"): Promise<Entry[]> {
  return db.query(`select * from historical_${table} where $1::uuid is null or id = $1 order by history_id`, [
    id ?? null,
  ]);
}

/** Every row that does not equal its newest history entry. */
export async function broken(db: DataSource): Promise<BrokenRow[]> {
  const found: BrokenRow[] = [];
  for await (const row of brokenRows(db.manager)) found.push(row);
  return found;
}

/** Runs it, and returns the SQL that it sent, without the transaction's own. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const sent = await allStatementsOf(work);
  return sent.map(({ text }) => text).filter((sql) => !/^(START TRANSACTION|COMMIT|ROLLBACK)/.test(sql));
}
