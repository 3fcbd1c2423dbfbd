import type { Stage } from "./stage/stage";
import type { Watch } from "./watch";

/** What can happen in a storm besides kills. */
export const SCENARIOS = ["two-phase", "clock", "replica", "restore"] as const;

/** One of them. */
export type Scenario = (typeof SCENARIOS)[number];

/** Something that happens once, when a share of the changes is committed. */
export interface Happening {
  at: number;
  scenario: Scenario;
  name: string;
  /** Whether PostgreSQL is killed by it, which is one of the kills that are wanted. */
  kills?: true;
  happen(stage: Stage, watch: Watch): unknown;
}

const back = (at: number): Happening => ({
  at,
  scenario: "clock",
  name: "the clock is set back",
  happen: (stage) => stage.setClockBack(10),
});
const right = (at: number): Happening => ({
  at,
  scenario: "clock",
  name: "the clock is set right",
  happen: (stage) => stage.setClockBack(0),
});

/** What happens, in its order. */
export const SCHEDULE: readonly Happening[] = [
  back(0.1),
  right(0.25),
  { at: 0.3, scenario: "replica", name: "a replica follows", happen: (stage) => stage.attachReplica() },
  {
    at: 0.45,
    scenario: "replica",
    name: "it is promoted",
    kills: true,
    happen: (stage, watch) => stage.promoteReplica(() => watch.ask(stage)),
  },
  back(0.5),
  right(0.65),
  back(0.8),
  right(0.9),
];

/** When the database is restored elsewhere, as a share of the changes. */
export const RESTORED_AT = 0.7;
