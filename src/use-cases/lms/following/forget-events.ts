import type { App } from "../../../app";
import { EVENTS_KEPT_MS } from "../../../rules/lms/look-rules";
import { repeat } from "../../../store/statement";
import { storeCommand, systemCommand } from "../../system-command";

const ROWS = 5_000;

/** Forgets the events that were heard of more than 30 days ago. Returns true when it was stopped before it was done. */
export const forgetEvents = systemCommand(
  "forgetEvents",
  async (_sign, app: Pick<App, "db">, shouldStop: () => boolean): Promise<boolean> => {
    while (!shouldStop()) if ((await forgetSome(app)) < ROWS) return false;
    return true;
  },
);

const forgetSome = storeCommand("forgetSomeEvents", async (tx): Promise<number> => {
  const forgotten = await repeat(
    tx.queryRunner!,
    `delete from seen_event where id in (
       select id from seen_event where seen_at < clock_timestamp() - $1 * interval '1 ms' order by seen_at limit $2)
     returning id`,
    [EVENTS_KEPT_MS, ROWS],
  );
  return forgotten.length;
});
