import { saltOf, type ErasedColumns, type EntryValue, type LeafForm } from "../tree/leaf";
import type { SubjectKeys } from "./subject-keys";

/** Columns with words about the learner of the entitlement, or about the agent, by table. */
export const ABOUT_LEARNER: Readonly<Record<string, string>> = {
  historical_course_entitlement_support_detail: "comments",
  historical_refund: "detail",
  historical_support_agent: "comments",
};
/** Salts that were kept when the keys of accounts went, in hex, by LMS user id. */
export type KeptSalts = Readonly<Record<string, string>>;

const NAMES_OF_ACTOR = ["history_user_label", "history_claimed_label"];

/** A settled entry as it is sealed. */
export class SealedEntry {
  /** Which of its columns are about which account, as far as they were not erased. */
  readonly subjects: readonly (readonly [column: string, userId: string])[];

  /** `learnerId` is who its comments, or the words of a shop, are about. */
  constructor(
    /** The table of history that it stands in. */
    readonly table: string,
    private readonly form: LeafForm,
    private readonly values: readonly EntryValue[],
    /** What stands for the values that were erased, by column, with the erasure that did it. */
    readonly erased: ErasedColumns,
    learnerId: string | null,
    private readonly keptSalts: KeptSalts,
  ) {
    const subjects: [string, string][] = [];
    const add = (column: string, userId: EntryValue) => {
      if (userId !== null && this.valueOf(column) !== null && !erased[column])
        subjects.push([column, userId as string]);
    };
    const actorId = this.valueOf("history_user_id");
    for (const column of NAMES_OF_ACTOR) add(column, actorId);
    const about = ABOUT_LEARNER[table];
    if (about !== undefined) add(about, learnerId);
    this.subjects = subjects;
  }

  /** The id of the entry. */
  get historyId(): string {
    return this.valueOf("history_id") as string;
  }

  /** The id of what it is an entry of. */
  get entity(): string {
    return this.valueOf("id") as string;
  }

  /** The value of a column; null where it has none. */
  valueOf(column: string): EntryValue {
    return this.form.valueOf(this.values, column);
  }

  /** The salts of its personal values, by column. Throws when the key of an account is missing. */
  saltsOf(keys: SubjectKeys): Record<string, Buffer> {
    const salts: Record<string, Buffer> = {};
    for (const [column, userId] of this.subjects) {
      const kept = this.keptSalts[userId];
      const key = keys.get(userId);
      if (kept !== undefined) salts[column] = Buffer.from(kept, "hex");
      else if (key) salts[column] = saltOf(key, this.historyId);
      else throw new Error(`the key of an account in entry ${this.historyId} is missing`);
    }
    return salts;
  }

  /** The text that is sealed. Throws when the key of an account is missing. */
  textOf(keys: SubjectKeys): string {
    return this.form.textOf(this.values, this.saltsOf(keys), this.erased);
  }
}

/** The accounts that entries are about. */
export function accountsIn(entries: readonly SealedEntry[]): Set<string> {
  const found = new Set<string>();
  for (const { subjects } of entries) for (const [, userId] of subjects) found.add(userId);
  return found;
}
