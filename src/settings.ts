import { FOLLOWING_SETTINGS } from "./settings/following";
import { OPEN_EDX_SETTINGS } from "./settings/open-edx";
import { HISTORY_SETTINGS } from "./settings/history";
import { refundSettings } from "./settings/refunds";
import { tokenSettings } from "./settings/tokens";
import { DAY_MS, DEFAULT_PERIODS } from "./rules/entitlement-rules";
import {
  baseUrl,
  flag,
  listOf,
  oneOf,
  postgresUrl,
  readableFile,
  text,
  textLike,
  whole,
} from "./setting-kinds";

/** The longest period that can be set: a hundred years. */
const DAYS_AT_MOST = 36_500;

/** Whether an address is an origin as browsers send it, without the port that goes without saying. */
function isOrigin(given: string): boolean {
  return (
    /^https?:\/\/[a-z0-9.-]+(:\d+)?$/.test(given) && URL.canParse(given) && new URL(given).origin === given
  );
}

/**
 * Every setting: its kind, its default and its meaning. A setting without a default is unset unless the environment
 * sets it. The table in `docs/operating.md` follows from this (`npm run docs`).
 */
export function settings(isProduction: boolean) {
  return {
    NODE_ENV: oneOf("development", "production", "test")
      .default("development")
      .describe(
        "`production` requires a database and the keys of the LMS, hides the schema and the explorers, and has no demo world.",
      ),
    HOST: text()
      .default(isProduction ? "0.0.0.0" : "127.0.0.1")
      .describe("The address to listen on."),
    PORT: whole(0, 65_535).default(4000).describe("The port to listen on; 0 takes any free port."),
    LOG_LEVEL: oneOf("fatal", "error", "warn", "info", "debug", "silent")
      .default("info")
      .describe("The least severe log lines that are written to standard output, as JSON."),
    DATABASE_URL: (isProduction ? postgresUrl : postgresUrl.optional()).describe(
      "The PostgreSQL to use, version 15 or newer; required in production. Without it, an embedded PostgreSQL is started. Its role must own the database, or have CREATE on it and on its schema, unless `MIGRATION_DATABASE_URL` is set.",
    ),
    MIGRATION_DATABASE_URL: postgresUrl
      .optional()
      .describe(
        "The same database, for the role that owns the tables. Migrations run as this role, and the role of `DATABASE_URL` is granted what the server needs. Without it, the role of `DATABASE_URL` does both.",
      ),
    DATABASE_POOL_SIZE: whole(1, 200).default(10).describe("The most connections of this process."),
    DATA_DIR: text()
      .default(".data")
      .describe("The folder in which the embedded PostgreSQL and the development key are kept."),
    ...tokenSettings(isProduction),
    CORS_ORIGINS: listOf({ test: isOrigin }, "origins like https://apps.example.org")
      .default([])
      .describe("The origins of frontends on other hosts, whose browsers may then call this service."),
    SITE_DOMAIN: textLike(/^[a-z0-9.-]+(:\d+)?$/i, "a host, like courses.example.org")
      .optional()
      .describe(
        "The host of the Open edX installation. New entitlements get the policy of this site; without it, a policy for any site.",
      ),
    PAID_MODES: listOf(/^[\w-]+$/, "modes")
      .default([
        "verified",
        "professional",
        "no-id-professional",
        "executive-education",
        "paid-executive-education",
        "paid-bootcamp",
      ])
      .describe(
        "The course modes in which entitlements are sold, beside the modes that any run, of whatever course, has a price for.",
      ),
    FREE_MODES: listOf(/^[\w-]+$/, "modes")
      .default(["audit", "honor"])
      .describe(
        "The course modes that cost nothing. An entitlement only takes over an enrollment in one of them; every other enrollment stays as it is.",
      ),
    EXPIRATION_ALERT_DAYS: whole(0, DAYS_AT_MOST)
      .default(90)
      .describe("`expirationDate` is shown once fewer days than this are left."),
    DEFAULT_EXPIRATION_DAYS: whole(0, DAYS_AT_MOST)
      .default(DEFAULT_PERIODS.expirationMs / DAY_MS)
      .describe("The days until an entitlement without a policy expires."),
    DEFAULT_REFUND_DAYS: whole(0, DAYS_AT_MOST)
      .default(DEFAULT_PERIODS.refundMs / DAY_MS)
      .describe("The days in which the order of an entitlement without a policy can be refunded."),
    DEFAULT_REGAIN_DAYS: whole(0, DAYS_AT_MOST)
      .default(DEFAULT_PERIODS.regainMs / DAY_MS)
      .describe("The days in which a learner can leave a run, where no policy applies."),
    TRUSTED_DOCUMENTS: readableFile
      .optional()
      .describe(
        "A file with the only documents that are executed: the manifest of Apollo, or the map of GraphQL Code Generator. Without it, every document is. The documents of the console are executed as well, unless `CONSOLE=off`.",
      ),
    EXPLORERS: flag
      .optional()
      .describe(
        "Whether introspection, Apollo Sandbox and GraphiQL are offered. Not set, they are in development, unless `TRUSTED_DOCUMENTS` is set. Staff can always introspect.",
      ),
    CONSOLE: flag
      .default(true)
      .describe(
        "Whether the console is served at `/console`. It shows what the token of its reader may see.",
      ),
    CONSOLE_BRAND_CSS: readableFile
      .optional()
      .describe(
        "A file with the colors of an installation, which the console takes: the `light.css` of a brand for Paragon.",
      ),
    ...refundSettings(isProduction),
    ...OPEN_EDX_SETTINGS,
    ...FOLLOWING_SETTINGS,
    ...HISTORY_SETTINGS,
    FAULT_PLAN_URL: baseUrl
      .optional()
      .describe(
        "The address of the fault-injection harness, which is asked at each fault point; ignored in production.",
      ),
    WEBHOOK_DEADLINE_MS: whole(50, 30_000)
      .default(5_000)
      .describe(
        "How long the receiver of a webhook may take to answer, in milliseconds; leases and pauses between attempts are multiples of it.",
      ),
    WEBHOOK_PRIVATE_ADDRESSES: flag
      .default(false)
      .describe(
        "Whether webhooks may be sent to loopback, link-local and private addresses, and without TLS. Staff can then have this server send to any server around it.",
      ),
    MUTATIONS_PER_MINUTE: whole(1, 10_000)
      .default(60)
      .describe(
        "How many mutations one actor may send to one process within a minute. Services have no limit.",
      ),
    REFUNDS_PER_HOUR: whole(1, 10_000)
      .default(10)
      .describe(
        "How many refunds a learner may have one process ask the shop for within an hour. What is refused before, repeats of a refund, and what could not be sent are not counted.",
      ),
    AGENT_REFUNDS_PER_HOUR: whole(1, 10_000)
      .default(120)
      .describe(
        "The same for a support agent or a staff member. Services have no limit, and the refunds of `refundEntitlements` are not counted: the agent names their number, and the shop is asked for ten of them at once.",
      ),
    COST_PER_MINUTE: whole(6_000, 100_000_000)
      .default(60_000)
      .describe(
        "How much the operations of one actor may cost one process within a minute. An object costs 1, one at another time or a proof 4, a `totalCount` 200. Operations of more than 3,000 are charged before they run, with 6,000 at most, as `extensions.cost` tells; others are charged afterwards: for an answer of more than 50,000 bytes, 1 for 200 bytes, and for objects at other times, proofs and `totalCount`s where these cost more than 400. Services have no limit.",
      ),
    SHUTDOWN_DELAY_MS: whole(0, 60_000)
      .default(isProduction ? 2_500 : 0)
      .describe(
        "How long a stopping server still takes requests, in milliseconds, so that load balancers can notice.",
      ),
    JOBS: flag.default(true).describe("Whether this process does its share of the background work."),
    METRICS_TOKEN: textLike(
      /^[!-~][ -~]{14,}[!-~]$/,
      "at least 16 characters of ASCII, with no blank at an end",
    )
      .optional()
      .describe(
        "The Bearer token that opens `/metrics`. Without it, production has no `/metrics`, and development shows it to everyone.",
      ),
  };
}
