/**
 * The test files that take longest, longest first. Started last, one of them would keep one worker busy after the others
 * have finished. Jest would order them by how long they took before, which a fresh clone does not know. Those that mostly
 * wait are among those that mostly work.
 */
const LONGEST = [
  "chaos/bugs",
  "http/outage",
  "chaos/lms/bugs",
  "main",
  "http/events",
  "chaos/chaos",
  "gateways/refund/refund-gateway",
  "installation",
  "http/server",
  "chaos/lms/schedules",
  "jobs/start-jobs",
  "parity",
  "deployment",
  "migrations",
  "use-cases/lms/follow-lms",
  "http/isolation",
  "history/storm",
  "cli/sync",
  "postgres/embedded-postgres",
  "graphql/plans",
  "moving/follow",
  "races",
  "http/stop",
  "use-cases/who-may-give-commands",
  "http/shutdown",
  "faults",
  "clock-skew",
  "http/graphiql",
  "auth/fetched-keys",
  "roles",
  "backup",
  "cli/config-check",
  "gateways/open-edx/system",
  "cli/compare",
  "use-cases/enrollment-calls/retrying",
  "following/follow-streams",
  "reads/entitlement-state",
  "graphql/paging",
  "graphql/cursors",
  "gateways/open-edx/ensure",
  "cli/import",
  "demo/big-world",
];

/** Tells jest in which order to start the test files. */
export default class Sequencer {
  sort<Test extends { path: string }>(tests: readonly Test[]): Test[] {
    return tests.toSorted((one, other) => placeOf(one.path) - placeOf(other.path));
  }

  /** Remembers nothing: the order is always the same. */
  cacheResults(): void {}
}

function placeOf(path: string): number {
  const place = LONGEST.findIndex((name) => path.endsWith(`dist/test/${name}.test.js`));
  return place < 0 ? LONGEST.length : place;
}
