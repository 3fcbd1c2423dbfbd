import type { EntityManager } from "typeorm";

/**
 * Says that the present transaction tells a past, which was recorded elsewhere: its entries count from the dates that they
 * name, and not from when they were committed. What was answered before about the rows that it brings may change with it.
 */
export async function tellsPast(tx: EntityManager): Promise<void> {
  await tx.query("insert into history_told default values on conflict do nothing");
}

/** Whether a role may do so: only the owner of the tables may, as it changes what was answered before. */
export async function mayTellPast(db: EntityManager): Promise<boolean> {
  const [row] = await db.query<[{ may: boolean }]>(
    "select has_table_privilege('history_told', 'insert') as may",
  );
  return row.may;
}
