import { isDeepStrictEqual } from "node:util";
import { MoreThan, type DataSource } from "typeorm";
import { Certificate } from "../../../src/entities/certificate";
import { CourseEnrollment } from "../../../src/entities/course-enrollment";
import { CourseEntitlement } from "../../../src/entities/course-entitlement";
import { CourseEntitlementSupportDetail } from "../../../src/entities/course-entitlement-support-detail";
import {
  HistoricalCourseEntitlement,
  HistoricalCourseEntitlementSupportDetail,
} from "../../../src/history/historical";
import type { HistoryColumns } from "../../../src/history/history-columns";
import { toInstant, toMaybeInstant } from "../answers";
import type { Step } from "./format";

/** A row by the names of the vectors. */
export type Row = Record<string, unknown>;

/** The rows of each table, by alias. */
export interface State {
  entitlements: Record<string, Row>;
  enrollments: Record<string, Row>;
  supportDetails: Record<string, Row>;
}

/** What history gained: for each row, what happened to it, in order. */
export type History = Record<string, Omit<Entry, "alias">[]>;

/** One history entry: the row, the kind of change, the author, and the state of the row. */
export interface Entry {
  alias: string;
  type: string;
  by: string | null;
  row: Row;
}

/** What a step left behind. */
export interface Outcome {
  result: unknown;
  state: State;
  history: History;
  /** Whether the history before the step is as it was. */
  isPastKept: boolean;
}

/** Ids and aliases, both ways. Aliases of rows that are gone stay, as history still names them. */
export class Aliases {
  private readonly ids = new Map<string, string>();
  private readonly aliases = new Map<string, string>();

  set(kind: string, alias: string, id: string): void {
    this.ids.set(`${kind} ${alias}`, id);
    this.aliases.set(`${kind} ${id}`, alias);
  }

  /** The id behind an alias. */
  id(kind: string, alias: string): string {
    const id = this.ids.get(`${kind} ${alias}`);
    if (id === undefined) throw new Error(`The vector names no ${kind} ${alias}`);
    return id;
  }

  /** The alias of an id; an id that has none stands for itself. */
  of(kind: string, id: string | null): string | null {
    return id === null ? null : (this.aliases.get(`${kind} ${id}`) ?? `${kind} ${id}`);
  }
}

/** The state after a step, as it was recorded. */
export function recordedState({ state }: Step): State {
  return {
    entitlements: byAlias(state.entitlements, "entitlement"),
    enrollments: byAlias(state.enrollments, "enrollment"),
    supportDetails: byAlias(state.supportDetails, "detail"),
  };
}

/** The history that a step added, as it was recorded. */
export function recordedHistory({ historyAdded }: Step): History {
  return byRow([
    ...historyAdded.entitlement.map(({ historyType: type, historyUser: by, entitlement: alias, ...row }) => ({
      alias,
      type,
      by,
      row,
    })),
    ...historyAdded.supportDetail.map(({ historyType: type, historyUser: by, detail: alias, ...row }) => ({
      alias,
      type,
      by,
      row,
    })),
  ]);
}

/** Entries by the row they are of: nobody defines the order between rows. */
export function byRow(entries: readonly Entry[]): History {
  const history: History = {};
  for (const { alias, ...entry } of entries) (history[alias] ??= []).push(entry);
  return history;
}

/** The state of the database. */
export async function storedState({ manager }: DataSource, aliases: Aliases): Promise<State> {
  const [enrollments, entitlements, details] = await Promise.all([
    manager.find(CourseEnrollment),
    manager.find(CourseEntitlement),
    manager.find(CourseEntitlementSupportDetail),
  ]);
  for (const { id, userId, courseRunKey } of enrollments)
    aliases.set("enrollment", `${aliases.of("user", userId)}/${courseRunKey}`, id);
  return {
    entitlements: rowsByAlias(entitlements, "entitlement", aliases, (row) => entitlementRow(row, aliases)),
    enrollments: rowsByAlias(enrollments, "enrollment", aliases, (row) => ({
      isActive: row.isActive,
      mode: row.mode,
      created: toMaybeInstant(row.createdAt),
    })),
    supportDetails: rowsByAlias(details, "detail", aliases, (row) => detailRow(row, aliases)),
  };
}

/** The certificates, by learner and run. */
export async function storedCertificates(
  { manager }: DataSource,
  aliases: Aliases,
): Promise<Record<string, string>> {
  const certificates = await manager.find(Certificate);
  return Object.fromEntries(
    certificates.map(({ userId, courseRunKey, status }) => [
      `${aliases.of("user", userId)}/${courseRunKey}`,
      status!, // the original has no row without one
    ]),
  );
}

/** The newest history entry there is. */
export async function newestEntry(db: DataSource): Promise<string> {
  const [row] = await db.query<{ last: string }[]>(
    "select case when is_called then last_value else 0 end as last from history_id_seq",
  );
  return row!.last;
}

/** All history after an entry, oldest first. */
export async function storedHistory(
  { manager }: DataSource,
  aliases: Aliases,
  after: string,
): Promise<Entry[]> {
  const added = { where: { history: { id: MoreThan(after) } } };
  const [entitlements, details] = await Promise.all([
    manager.find(HistoricalCourseEntitlement, added),
    manager.find(HistoricalCourseEntitlementSupportDetail, added),
  ]);
  const entry = ({ type, userId }: HistoryColumns, alias: string | null, row: Row): Entry => ({
    alias: alias!,
    type,
    by: aliases.of("user", userId),
    row,
  });
  const entries = [
    ...entitlements.map((row) => ({
      id: BigInt(row.history.id),
      entry: entry(row.history, aliases.of("entitlement", row.id), entitlementRow(row, aliases)),
    })),
    ...details.map((row) => ({
      id: BigInt(row.history.id),
      entry: entry(row.history, aliases.of("detail", row.id), detailRow(row, aliases)),
    })),
  ];
  return entries.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ entry }) => entry);
}

/** What is in a recorded state after a step, as it must be where an earlier difference has left ours another one. */
export function carriedOver(ours: State, before: State, after: State): State {
  const carry = (table: keyof State) =>
    Object.fromEntries(
      Object.entries(after[table]).map(([alias, row]) => {
        const [mine, was] = [ours[table][alias], before[table][alias]];
        if (!mine || !was) return [alias, row];
        const changed = Object.entries(row).filter(([field, value]) => !isDeepStrictEqual(value, was[field]));
        return [alias, { ...mine, ...Object.fromEntries(changed) }];
      }),
    );
  return {
    entitlements: carry("entitlements"),
    enrollments: carry("enrollments"),
    supportDetails: carry("supportDetails"),
  };
}

function entitlementRow(row: CourseEntitlement | HistoricalCourseEntitlement, aliases: Aliases): Row {
  return {
    uuid: row.id,
    user: aliases.of("user", row.userId),
    courseUuid: row.courseUuid,
    mode: row.mode,
    expiredAt: toMaybeInstant(row.expiredAt),
    enrollment: aliases.of("enrollment", row.enrollmentId),
    orderNumber: row.orderNumber,
    refundLocked: row.refundLocked,
    policy: aliases.of("policy", row.policyId),
    created: toInstant(row.createdAt),
    modified: toInstant(row.modifiedAt),
  };
}

function detailRow(
  row: CourseEntitlementSupportDetail | HistoricalCourseEntitlementSupportDetail,
  aliases: Aliases,
): Row {
  return {
    entitlement: aliases.of("entitlement", row.entitlementId),
    supportUser: aliases.of("user", row.supportUserId),
    action: row.action,
    comments: row.comments,
    unenrolledRun: row.unenrolledRunKey,
    created: toInstant(row.createdAt),
    modified: toInstant(row.modifiedAt),
  };
}

function rowsByAlias<T extends { id: string }>(
  rows: readonly T[],
  kind: string,
  aliases: Aliases,
  toRow: (row: T) => Row,
): Record<string, Row> {
  return Object.fromEntries(rows.map((row) => [aliases.of(kind, row.id), toRow(row)]));
}

function byAlias(rows: readonly Row[], key: string): Record<string, Row> {
  return Object.fromEntries(
    rows.map((row) => {
      const { [key]: alias, ...rest } = row;
      return [alias as string, rest];
    }),
  );
}
