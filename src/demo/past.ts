import type { EntityManager } from "typeorm";
import { tracked } from "../history/historical";
import { tellsPast } from "../history/told";
import type { Change } from "../store/transact";

/** What a row of a tracked table was like from an instant on, and who had made it so. */
export interface Moment<Row extends { id: string } = { id: string }> {
  /** The instant from which on the row was so. */
  at: Date;
  /** The class of the row. */
  entity: new () => Row;
  row: Row;
  by: Change;
}

/**
 * Tells a past before the rows are there: an entry of history for each moment, in the order of time. When the rows are
 * then saved as their last moments say, they equal their newest entries, so that nothing is left to record. Only the owner
 * of the tables can do so.
 */
export async function tellPast(tx: EntityManager, moments: readonly Moment[]): Promise<void> {
  await tellsPast(tx);
  const inOrder = moments.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  const known = new Set<string>();
  for (const { at, entity, row, by } of inOrder) {
    const historical = tracked.get(entity) as new () => object;
    const type = known.has(row.id) ? "~" : "+";
    known.add(row.id);
    const { reason, userId, userLabel, userRole = null, source, requestId } = by;
    const history = { date: at, type, reason, userId, userLabel, userRole, source, requestId };
    const { columns } = tx.dataSource.getMetadata(historical);
    const told = Object.keys(row).filter((name) => columns.some(({ propertyPath }) => propertyPath === name));
    const paths = [...told, ...Object.keys(history).map((name) => `history.${name}`)];
    await tx
      .createQueryBuilder()
      .insert()
      .into(historical, paths)
      .values({ ...row, history })
      .updateEntity(false)
      .execute();
  }
}

/** The rows as their last moments say. */
export function present<Row extends { id: string }>(moments: readonly Moment<Row>[]): Row[] {
  return [...new Map(moments.map(({ row }) => [row.id, row])).values()];
}
