import type { EntityManager, EntityTarget, ObjectLiteral } from "typeorm";
import { changeOf } from "../store/transact";
import { covering } from "./covering";
import { tellsPast } from "./told";

/** Does work that writes rows of tracked tables together with the history that another system has recorded of them. */
export function importing<T>(tx: EntityManager, work: () => Promise<T>): Promise<T> {
  refuseOthers(tx);
  return covering(tx, work);
}

/**
 * Adds entries that another system has recorded, or that an import needs so that they add up. `entries` is a statement that
 * returns their ids (`history_id`), `id`, the given columns, `date`, `type`, `reason`, `user_id_of_author` and `label`. They
 * are signed as imported, and the database itself adds its role and its transaction, so that nobody takes them for changes
 * that were made here. They belong to no request: one id for all would make the index of requests slow. Returns how many
 * there are.
 */
export async function recordImported<T extends ObjectLiteral>(
  tx: EntityManager,
  entity: EntityTarget<T>,
  columns: readonly string[],
  entries: string,
): Promise<number> {
  refuseOthers(tx);
  const given = columns.map((column) => `"${column}"`).join(", ");
  const [row] = await tx.query<[{ count: string }]>(
    `with written as (
       insert into "historical_${tx.dataSource.getMetadata(entity).tableName}" (history_id, id, ${given}, history_date,
         history_type, history_change_reason, history_user_id, history_user_label, history_source)
       select history_id, id, ${given}, date, type, reason, user_id_of_author, label, 'IMPORT'
       from (${entries}) entry order by history_id
       returning 1)
     select count(*) from written`,
  );
  const count = Number(row.count);
  if (count > 0) await tellsPast(tx);
  return count;
}

function refuseOthers({ queryRunner }: EntityManager): void {
  const change = queryRunner?.isTransactionActive ? changeOf(queryRunner) : undefined;
  if (change?.source !== "IMPORT") throw new Error("Only an import adds entries that others have recorded");
}
