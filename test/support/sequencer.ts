/**
 * The test files that take longest, longest first. Started last, one of them would keep one worker busy after the others
 * have finished. Jest would order them by how long they took before, which a fresh clone does not know. Those that mostly
 * wait are among those that mostly work.
 */
const LONGEST = [
  "main",
  "console/live",
  "chaos/lms/bugs",
  "console/refunds",
  "chaos/bugs",
  "http/outage",
  "console/history",
  "installation",
  "console/pictures",
  "use-cases/who-may-give-commands",
  "http/events",
  "console/commands",
  "parity",
  "deployment",
  "console/bulk",
  "chaos/chaos",
  "console/entitlement",
  "cli/sync",
  "console/granting",
  "jobs/start-jobs",
  "postgres/embedded-postgres",
  "console/frame",
  "migrations",
  "console/policies",
  "http/server",
  "use-cases/lms/follow-lms",
  "console/languages",
  "use-cases/lms/before-leaving",
  "races",
  "gateways/refund/refund-gateway",
  "console/learner",
  "chaos/lms/schedules",
  "use-cases/enrollment-calls/redeeming",
  "http/isolation",
  "graphql/plans",
  "faults",
  "http/graphiql",
  "use-cases/enrollment-calls/retrying",
  "http/export",
  "http/shutdown",
  "roles",
  "following/follow-streams",
  "use-cases/enrollment-calls/leaving",
  "backup",
  "gateways/open-edx/system",
  "auth/fetched-keys",
  "reads/decisions/expired",
  "clock-skew",
  "graphql/cursors",
  "engine/rate-limit",
  "console/calls",
  "console/generated",
  "history/storm",
  "graphql/paging",
  "console/deployment",
  "moving/follow",
  "cli/compare",
  "cli/config-check",
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
