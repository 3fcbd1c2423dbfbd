import { Counter, Gauge, type Registry } from "prom-client";
import { LMS_EVENT_BUS, LMS_EVENTS, type BusTold, type EventsCounted } from "../../following/counts";

/** What operators watch of the events of the LMS, as this process sees them. */
export class EventMetrics {
  private readonly events: Counter;
  private readonly lag: Gauge;
  private readonly isUp: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.events = new Counter({
      name: "lms_events_total",
      help: "Events of the LMS, by the way on which they came and by what became of them.",
      labelNames: ["way", "outcome"],
      registers,
    });
    this.lag = new Gauge({
      name: "lms_event_stream_lag",
      help: "Entries of a stream of the event bus that no process has been given yet.",
      labelNames: ["stream"],
      registers,
    });
    this.isUp = new Gauge({
      name: "lms_event_bus_up",
      help: "1 while this process reads the event bus of the LMS, else 0; nothing where none is to be read.",
      labelNames: ["way"],
      registers,
    });
    LMS_EVENTS.subscribe(this.counted);
    LMS_EVENT_BUS.subscribe(this.told);
  }

  /** Counts no more. */
  stop(): void {
    LMS_EVENTS.unsubscribe(this.counted);
    LMS_EVENT_BUS.unsubscribe(this.told);
  }

  private readonly counted = (message: unknown): void => {
    const { way, outcome, count } = message as EventsCounted;
    this.events.inc({ way, outcome }, count);
  };

  private readonly told = (message: unknown): void => {
    const told = message as BusTold;
    if ("isUp" in told) this.isUp.set({ way: "redis" }, told.isUp ? 1 : 0);
    else this.lag.set({ stream: told.stream }, told.lag ?? NaN);
  };
}
