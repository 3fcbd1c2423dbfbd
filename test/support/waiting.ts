import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../../src/app";

/** Waits until somebody waits for a lock in the app's database. */
export async function untilSomebodyWaits(app: App): Promise<void> {
  for (;;) {
    const [row] = await app.db.query<{ waiting: boolean }[]>(
      `select exists (select from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock') as waiting`,
    );
    if (row!.waiting) return;
    await sleep(2);
  }
}
