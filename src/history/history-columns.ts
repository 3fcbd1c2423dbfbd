import { Check, Column, Entity, Index, PrimaryColumn } from "typeorm";
import { InstantColumn, InstantsCheck } from "../entities/columns";
import type { ChangeSource } from "../store/transact";

/** The kind of a change: created, changed or deleted. */
export type HistoryType = "+" | "~" | "-";
/** How a change entered the system; DATABASE stands for direct SQL that bypassed the server. */
export type HistorySource = ChangeSource | "DATABASE";

/**
 * The columns of every history entry beside those of the row: instant, kind, operation, author and source. Their names
 * begin with `history_`.
 */
export class HistoryColumns {
  /** From one sequence for all tables. It orders the changes of a row; dates may be equal. */
  @PrimaryColumn("bigint", { default: () => "nextval('history_id_seq')" })
  id!: string;

  /** The clock of the database in whole milliseconds; never earlier than the preceding entry of the row. */
  @InstantColumn()
  date!: Date;

  @Column("char", { length: 1 })
  type!: HistoryType;

  /** The name of the operation, such as the name of the mutation. */
  @Column("text", { name: "change_reason" })
  reason!: string;

  /** The LMS user id of the author; null for the system and for direct SQL. No foreign key: it outlives the account. */
  @Column("bigint", { nullable: true })
  userId!: string | null;

  /** The username of the author at the time, `system`, or `database:` followed by the database role. */
  @Column("text")
  userLabel!: string;

  @Column("varchar", { length: 8 })
  source!: HistorySource;

  @Column("text", { nullable: true })
  requestId!: string | null;

  /** The id of the transaction: changes that were committed together share it. */
  @Column("bigint", { default: () => "history_txid()" })
  txid!: string;

  /** The database role that was logged in; `unknown` in entries that are older than this column. */
  @Column("text", { default: () => "SESSION_USER" })
  role!: string;

  /**
   * The name that a database role claimed without the right to sign changes for others; null where none was claimed.
   */
  @Column("text", { nullable: true })
  claimedLabel!: string | null;

  /** The role in which the author acted; null for the system, for direct SQL, and in entries that are older than this column. */
  @Column("varchar", { length: 8, nullable: true })
  userRole!: string | null;
}

/** The name, constraints and indexes of a history table. */
export function Historical(table: string): ClassDecorator {
  const name = `historical_${table}`;
  const decorators = [
    Entity(name),
    InstantsCheck(name),
    Check(`${name}_type_check`, "history_type in ('+', '~', '-')"),
    Check(`${name}_source_check`, "history_source in ('API', 'JOB', 'CLI', 'IMPORT', 'DATABASE')"),
    Index(`${name}_id_idx`, ["id", "history.id"]),
    Index(`${name}_date_idx`, ["history.date"], { type: "brin" }),
    Index(`${name}_txid_idx`, ["history.txid", "history.id"]),
    Index(`${name}_request_id_idx`, ["history.requestId"], { type: "hash" }),
    Index(`${name}_user_label_idx`, ["history.userLabel"]),
    Index(`${name}_reason_idx`, ["history.reason"]),
    Index(`${name}_source_idx`, ["history.source"]),
    Index(`${name}_user_id_idx`, ["history.userId"], { where: "history_user_id is not null" }),
  ];
  return (target) => decorators.forEach((decorate) => decorate(target));
}
