import { Counter, Gauge, type Registry } from "prom-client";
import type { App } from "../../app";
import { unsettled } from "../../reads/feed/unsettled";

/** What tells whether committed changes get their place in history in time. */
export class HistoryMetrics {
  private readonly entries: Gauge;
  private readonly lag: Gauge;
  private readonly late: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.entries = new Gauge({
      name: "history_unsettled_entries",
      help: "Entries of history that are committed and have no place in it yet.",
      registers,
    });
    this.lag = new Gauge({
      name: "history_settled_lag_seconds",
      help: "Age of the oldest of these entries; 0 where there is none.",
      registers,
    });
    this.late = new Counter({
      name: "history_late_transactions_total",
      help: "Transactions that this process has settled, and that count from more than a second after their changes.",
      registers,
    });
  }

  /** Sets them to what is now. The gauges stay empty when the database does not answer. */
  async sample({ db, committer }: Pick<App, "db" | "committer">): Promise<void> {
    this.late.reset();
    this.late.inc(committer.late);
    const { entries, oldestSeconds } = await unsettled(db);
    this.entries.set(entries);
    this.lag.set(oldestSeconds);
  }
}
