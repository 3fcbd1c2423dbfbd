import type { MigrationInterface, QueryRunner } from "typeorm";
import { redefine, reversed, type Replacement } from "./1795324800000-sign-history-with-roles";

const ERASING = "current_setting('history.erasing', true) = pg_current_xact_id()::text";
const BEGIN = "perform set_config('history.erasing', pg_current_xact_id()::text, true);";
const END = "perform set_config('history.erasing', '', true);";

/** Keys are only added to, like the order of history. */
const GUARDED: Replacement[] = [["'history_erased']", "'history_erased', 'history_subject_key']"]];
/** But for what erases, which runs with the rights of the owner. */
const REFUSE: Replacement[] = [
  [
    `if tg_op = 'UPDATE' and tg_table_name like 'historical\\_%'\n          and ${ERASING} then`,
    `if ${ERASING}
          and (tg_op = 'UPDATE' and tg_table_name like 'historical\\_%'
            or tg_op <> 'TRUNCATE' and tg_table_name = 'history_subject_key' and pg_has_role(current_user,
              (select relowner from pg_catalog.pg_class where oid = tg_relid), 'usage')) then`,
  ],
];
const ERASE: Replacement[] = [
  [
    `${END}\n    delete from history_subject_key where user_id = whose;`,
    `delete from history_subject_key where user_id = whose;\n    ${END}`,
  ],
];
const RETAIN: Replacement[] = [
  [`${BEGIN}\n    execute format($sql$\n      update %1$I`, `execute format($sql$\n      update %1$I`],
  [
    "execute format($sql$\n      update history_subject_key",
    `${BEGIN}\n    execute format($sql$\n      update history_subject_key`,
  ],
];
const FORGET_KEYS: Replacement[] = [
  [
    "delete from history_subject_key where user_id = any(users);",
    `${BEGIN}\n    delete from history_subject_key where user_id = any(users);\n    ${END}`,
  ],
];

/** The keys of accounts, on which what is sealed stands, are changed and deleted by nothing but what erases. */
export class KeepKeys1795357800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await redefine(db, "history_refuse", REFUSE);
    await redefine(db, "history_erase", ERASE);
    await redefine(db, "history_retain", RETAIN);
    await redefine(db, "history_forget_keys", FORGET_KEYS);
    await redefine(db, "guard_history_order", GUARDED);
    await db.query("select guard_history_order()");
  }

  async down(db: QueryRunner): Promise<void> {
    await redefine(db, "guard_history_order", GUARDED.map(reversed));
    await db.query("drop trigger append_only on history_subject_key");
    await redefine(db, "history_forget_keys", FORGET_KEYS.map(reversed));
    await redefine(db, "history_retain", RETAIN.map(reversed));
    await redefine(db, "history_erase", ERASE.map(reversed));
    await redefine(db, "history_refuse", REFUSE.map(reversed));
  }
}
