import { Gauge, type Registry } from "prom-client";
import type { WaitingGauge } from "../../reads/waiting";
import type { Database } from "../../store/statement";

/** Gauges of what waits for another system, by state: how much, and how old the oldest of it is. */
export class Waiting {
  private readonly count: Gauge;
  private readonly age: Gauge;

  /** `one` names one of what waits; `read` reads what waits now. */
  constructor(
    registry: Registry,
    name: string,
    one: string,
    private readonly read: (db: Database) => Promise<WaitingGauge[]>,
  ) {
    const shared = { labelNames: ["state"], registers: [registry] };
    this.count = new Gauge({ ...shared, name, help: `How many of: ${one}, by state.` });
    this.age = new Gauge({
      ...shared,
      name: `${name}_oldest_seconds`,
      help: `Age of the oldest ${one}, by state.`,
    });
  }

  /** Sets the gauges to what the database says now. They stay empty when it does not answer. */
  async sample(db: Database): Promise<void> {
    this.count.reset();
    this.age.reset();
    for (const { state, count, oldestSeconds } of await this.read(db)) {
      this.count.set({ state }, count);
      this.age.set({ state }, oldestSeconds);
    }
  }
}
