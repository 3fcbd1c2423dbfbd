import { Counter, Gauge, type Registry } from "prom-client";
import type { App } from "../../app";
import { sealingState } from "../../proof/sealed/sealing-state";
import { unsettled } from "../../reads/feed/unsettled";

/** What tells whether committed changes get their place in history in time, are sealed, and are kept elsewhere. */
export class HistoryMetrics {
  private readonly entries = this.gauge(
    "history_unsettled_entries",
    "Entries of history that are committed and have no place in it yet.",
  );
  private readonly lag = this.gauge(
    "history_settled_lag_seconds",
    "Age of the oldest of these entries; 0 where there is none.",
  );
  private readonly late = this.counter(
    "history_late_transactions_total",
    "Transactions that this process has settled, and that count from more than a second after their changes.",
  );
  private readonly sealed = this.gauge("history_sealed_entries", "Entries of history that are sealed.");
  private readonly sealedLag = this.gauge(
    "history_sealed_lag_seconds",
    "For how long the oldest settled entry has not been sealed; 0 where all are.",
  );
  private readonly sealFailures = this.counter(
    "history_seal_failures_total",
    "Rounds of sealing of this process that have failed; each is in the log.",
  );
  private readonly cosigned = this.gauge(
    "history_cosigned_entries",
    "Entries of history under the newest checkpoint that a witness has cosigned.",
    "witness",
  );
  private readonly witnessLag = this.gauge(
    "history_witness_lag_entries",
    "Sealed entries that a keeper of checkpoints has not been shown by this process.",
    "keeper",
  );
  private readonly contradicted = this.gauge(
    "history_contradicted",
    "1 while a keeper of checkpoints has seen a history that this one does not continue, else 0.",
    "keeper",
  );

  constructor(private readonly registry: Registry) {}

  /** Sets them to what is now. The gauges stay empty when the database does not answer. */
  async sample({ db, committer, sealer, handOut }: App): Promise<void> {
    set(this.late, committer.late);
    set(this.sealFailures, sealer?.failures ?? 0);
    for (const [keeper, entries] of handOut.lags) this.witnessLag.set({ keeper }, entries);
    for (const [keeper, is] of handOut.contradictions) this.contradicted.set({ keeper }, is ? 1 : 0);
    const { entries, oldestSeconds } = await unsettled(db);
    this.entries.set(entries);
    this.lag.set(oldestSeconds);
    if (!sealer) return; // nothing has to be sealed
    const state = await sealingState(db);
    this.sealed.set(state.sealed);
    this.sealedLag.set(state.lagSeconds);
    for (const [witness, size] of Object.entries(state.cosigned)) this.cosigned.set({ witness }, size);
  }

  private gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  private counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
  }
}

function set(counter: Counter, count: number): void {
  counter.reset();
  counter.inc(count);
}
