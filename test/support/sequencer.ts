/**
 * The test files that take longest, longest first. Started last, one of them would keep one worker busy after the other
 * has finished. Jest would order them by how long they took before, which a fresh clone does not know.
 */
const LONGEST = [
  "chaos/bugs",
  "chaos/chaos",
  "main",
  "installation",
  "parity",
  "http/events",
  "deployment",
  "migrations",
  "jobs/start-jobs",
  "http/isolation",
  "history/storm",
  "http/outage",
  "postgres/embedded-postgres",
  "races",
  "http/stop",
  "http/shutdown",
  "use-cases/who-may-give-commands",
  "faults",
  "http/server",
  "clock-skew",
  "http/graphiql",
  "roles",
  "backup",
  "graphql/paging",
  "graphql/cursors",
  "graphql/plans",
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
