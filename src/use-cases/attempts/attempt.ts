import type { App } from "../../app";
import { faultPoint } from "../../store/fault-point";
import type { Change } from "../../store/transact";
import { transactSurely } from "../../store/transact-surely";
import type { Attempted, Outbox } from "./outbox";

/**
 * Makes a call once and records its outcome. Null when there was nothing to do. No connection to PostgreSQL is held
 * while the other system works.
 */
export async function attempt<Row extends Attempted, Outcome>(
  app: App,
  outbox: Outbox<Row, Outcome>,
  change: Change,
  row: Row,
): Promise<Row | null> {
  await faultPoint("call:before", outbox.faultKey(row));
  const outcome = await outbox.call(app, row, change.requestId);
  if (outcome === null) return null;
  await faultPoint("call:after", outbox.faultKey(row));
  return settle(app, outbox, change, row, outcome);
}

/** Records an outcome and all that follows from it, at once or not at all. Null when the row is gone. */
export async function settle<Row extends Attempted, Outcome>(
  app: App,
  outbox: Outbox<Row, Outcome>,
  change: Change,
  attempted: Row,
  outcome: Outcome,
): Promise<Row | null> {
  const key = outbox.faultKey(attempted);
  const settled = await transactSurely(app.db, change, async (tx) => {
    const row = await outbox.settle(tx, app, attempted, outcome);
    await faultPoint("settle:beforeCommit", key);
    return row;
  });
  await faultPoint("settle:afterCommit", key);
  return settled;
}
