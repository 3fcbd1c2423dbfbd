import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "../../src/app";

/** Waits until as many sessions as told wait for a lock in the app's database. */
export async function untilSomebodyWaits(app: Pick<App, "db">, sessions = 1): Promise<void> {
  for (;;) {
    const [row] = await app.db.query<{ waiting: number }[]>(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (row!.waiting >= sessions) return;
    await sleep(2);
  }
}

/** Waits until something holds; rejects when that takes too long. It sleeps in between: others need the processor. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !(await holds()); await sleep(10))
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${String(holds)}`);
}
