import type { Client } from "pg";
import type { EntityManager } from "typeorm";
import { poolOf } from "../statement";

/** How long each statement of a patient transaction may take, in minutes. */
const PATIENCE_MIN = 10;

/** What the driver knows of a connection, and its type declarations do not. */
type Connected = Client & { connectionParameters: { query_timeout: number } };

/**
 * Lets the statements that follow in a transaction take up to ten minutes each, its commit included: for work that grows
 * with the data, of which a repetition would take as long. The connection then serves requests with their limits again.
 * Where there is no limit, there is none.
 */
export async function bePatient(tx: EntityManager): Promise<void> {
  const { connectionParameters } = (await tx.queryRunner!.connect()) as Connected;
  const { query_timeout } = connectionParameters;
  const pool = poolOf(tx.dataSource);
  const restore = (_: Error, { connectionParameters: released }: Connected) => {
    if (released !== connectionParameters) return;
    pool.off("release", restore as () => void);
    connectionParameters.query_timeout = query_timeout;
  };
  await tx.query(
    `select set_config('statement_timeout', '${PATIENCE_MIN}min', true)
     where current_setting('statement_timeout') <> '0'`,
  );
  pool.on("release", restore as () => void);
  if (query_timeout > 0) connectionParameters.query_timeout = (PATIENCE_MIN * 60 + 1) * 1_000;
}
