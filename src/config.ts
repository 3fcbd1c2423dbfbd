import { z } from "zod";
import { DAY_MS } from "./rules/entitlement-rules";
import { settings } from "./settings";

/** The configuration that the settings of the environment give. */
export type Config = Readonly<ReturnType<typeof loadConfig>>;

/** A fault in the settings: one line each, naming the setting. Values are not repeated, as they may be secret. */
export class ConfigError extends Error {}

/** Reads all settings at once and reports all faults at once. Nothing else reads the environment. */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const isProduction = given["NODE_ENV"] === "production";
  const parsed = z.object(settings(isProduction)).safeParse(given);
  const faults = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`),
    ...faultyCombinations(given),
  ];
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults.join("\n"));
  return configOf(parsed.data);
}

type Settings = z.infer<z.ZodObject<ReturnType<typeof settings>>>;

function configOf(settings: Settings) {
  const isProduction = settings.NODE_ENV === "production";
  return Object.freeze({
    isProduction,
    host: settings.HOST,
    port: settings.PORT,
    logLevel: settings.LOG_LEVEL,
    databaseUrl: settings.DATABASE_URL,
    migrationDatabaseUrl: settings.MIGRATION_DATABASE_URL,
    poolSize: settings.DATABASE_POOL_SIZE,
    dataDir: settings.DATA_DIR,
    token: {
      jwkSet: settings.JWT_JWK_SET,
      jwkSetUrl: settings.JWT_JWK_SET_URL,
      /** Whether it is signed with the development key. */
      isOurs: !settings.JWT_JWK_SET && !settings.JWT_JWK_SET_URL,
      issuer: settings.JWT_ISSUER,
      audience: settings.JWT_AUDIENCE,
      supportRole: settings.JWT_SUPPORT_ROLE,
      serviceRole: settings.JWT_SERVICE_ROLE,
      auditorRole: settings.JWT_AUDITOR_ROLE,
      restrictedApplications: settings.JWT_RESTRICTED_APPLICATIONS,
      cookies: settings.JWT_COOKIES,
    },
    corsOrigins: settings.CORS_ORIGINS,
    siteDomain: settings.SITE_DOMAIN,
    paidModes: settings.PAID_MODES,
    freeModes: settings.FREE_MODES,
    expirationAlertDays: settings.EXPIRATION_ALERT_DAYS,
    defaultPeriods: {
      expirationMs: settings.DEFAULT_EXPIRATION_DAYS * DAY_MS,
      refundMs: settings.DEFAULT_REFUND_DAYS * DAY_MS,
      regainMs: settings.DEFAULT_REGAIN_DAYS * DAY_MS,
    },
    trustedDocuments: settings.TRUSTED_DOCUMENTS,
    explorers: settings.EXPLORERS ?? !(isProduction || settings.TRUSTED_DOCUMENTS),
    console: settings.CONSOLE,
    consoleBrandCss: settings.CONSOLE_BRAND_CSS,
    refund: {
      shop: settings.REFUND_SHOP,
      isHandled: settings.REFUND_SHOP !== "none",
      deadlineMs: settings.REFUND_DEADLINE_MS,
      coordinatorUrl: baseUrl(settings.COORDINATOR_URL ?? ""),
      isKeyed: settings.COORDINATOR_KEYED,
      webhook: { url: settings.REFUND_WEBHOOK_URL ?? "", secret: settings.REFUND_WEBHOOK_SECRET ?? "" },
    },
    history: {
      origin: settings.HISTORY_ORIGIN,
      keyFile: settings.HISTORY_SIGNING_KEY_FILE,
      witnesses: settings.HISTORY_WITNESSES,
      isPublic: settings.HISTORY_PUBLIC,
    },
    webhooks: {
      deadlineMs: settings.WEBHOOK_DEADLINE_MS,
      arePrivateAllowed: settings.WEBHOOK_PRIVATE_ADDRESSES,
    },
    restFacade: settings.REST_FACADE,
    retirement: { salts: settings.RETIRED_USER_SALTS, format: settings.RETIRED_USERNAME_FORMAT },
    lms: lmsOf(settings),
    events: eventsOf(settings),
    /** How often and for how long the LMS is asked, whichever it is. */
    lmsPace: { deadlineMs: settings.LMS_DEADLINE_MS, callsPerMinute: settings.LMS_CALLS_PER_MINUTE },
    /** Whether leaving a run in the LMS refunds the order, where that is possible. */
    refundsOnLmsUnenroll: settings.ON_LMS_UNENROLL === "refund",
    oauth: oauthOf(settings),
    mutationsPerMinute: settings.MUTATIONS_PER_MINUTE,
    refundsPerHour: { learner: settings.REFUNDS_PER_HOUR, agent: settings.AGENT_REFUNDS_PER_HOUR },
    costPerMinute: settings.COST_PER_MINUTE,
    faultPlanUrl: isProduction ? undefined : settings.FAULT_PLAN_URL,
    shutdownDelayMs: settings.SHUTDOWN_DELAY_MS,
    jobs: settings.JOBS,
    metrics: !isProduction || settings.METRICS_TOKEN !== undefined,
    metricsToken: settings.METRICS_TOKEN,
  });
}

/** Settings that need each other or exclude each other, whatever their values are. */
function faultyCombinations(given: NodeJS.ProcessEnv): string[] {
  const has = (name: string) => given[name] !== undefined;
  const client = ["OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"];
  const oauth = ["OAUTH_TOKEN_URL", ...client];
  const faults: [isFault: boolean, text: string][] = [
    [has("MIGRATION_DATABASE_URL") && !has("DATABASE_URL"), "MIGRATION_DATABASE_URL: needs DATABASE_URL"],
    [
      given["NODE_ENV"] === "production" && !has("JWT_JWK_SET") && !has("JWT_JWK_SET_URL"),
      "JWT_JWK_SET: must be set when NODE_ENV is production, or else JWT_JWK_SET_URL: one of them",
    ],
    [
      given["NODE_ENV"] === "production" && !has("JWT_ISSUER"),
      "JWT_ISSUER: must be set when NODE_ENV is production",
    ],
    [
      given["NODE_ENV"] === "production" && given["REFUND_SHOP"] === "embedded",
      "REFUND_SHOP: must not be embedded when NODE_ENV is production, because that shop refunds nothing",
    ],
    [
      has("JWT_JWK_SET") && has("JWT_JWK_SET_URL"),
      "JWT_JWK_SET: must not be set beside JWT_JWK_SET_URL: only one of them",
    ],
    [
      given["REFUND_SHOP"] === "coordinator" && !has("COORDINATOR_URL"),
      "COORDINATOR_URL: must be set when REFUND_SHOP is coordinator",
    ],
    [
      given["REFUND_SHOP"] === "webhook" && !has("REFUND_WEBHOOK_URL"),
      "REFUND_WEBHOOK_URL: must be set when REFUND_SHOP is webhook",
    ],
    [
      has("HISTORY_ORIGIN") !== has("HISTORY_SIGNING_KEY_FILE"),
      "HISTORY_ORIGIN: goes together with HISTORY_SIGNING_KEY_FILE",
    ],
    [
      has("REFUND_WEBHOOK_URL") !== has("REFUND_WEBHOOK_SECRET"),
      "REFUND_WEBHOOK_SECRET: goes together with REFUND_WEBHOOK_URL",
    ],
    [
      !has("LMS_URL") && oauth.some(has) && !oauth.every(has),
      "OAUTH_TOKEN_URL: needs OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET, and they need it",
    ],
    [
      has("LMS_URL") && !client.every(has),
      "OAUTH_CLIENT_ID: must be set when LMS_URL is set, and so must OAUTH_CLIENT_SECRET: make an application for client credentials in the LMS, whose user is staff",
    ],
    [
      has("LMS_URL") && !has("DISCOVERY_URL"),
      "DISCOVERY_URL: must be set when LMS_URL is set: the public address of course-discovery",
    ],
    [
      has("DISCOVERY_URL") && !has("LMS_URL"),
      "LMS_URL: must be set when DISCOVERY_URL is set: the address of the LMS",
    ],
    [
      (has("EVENTS_SECRET") || has("EVENTS_REDIS_URL")) && !has("LMS_URL"),
      "LMS_URL: must be set when EVENTS_SECRET or EVENTS_REDIS_URL is set: events only tell what to ask the LMS for",
    ],
    [
      given["NODE_ENV"] === "production" && has("LMS_URL") && !has("LMS_ENTITLEMENTS"),
      "LMS_ENTITLEMENTS: must be set when NODE_ENV is production and LMS_URL is set: empty when the LMS holds no entitlements, or plugin when our plug-in for it is installed; otherwise the LMS refunds as well",
    ],
  ];
  return faults.filter(([isFault]) => isFault).map(([, text]) => text);
}

/** An address to which a path can be added. */
function baseUrl(url: string): string {
  return url.replace(/\/+$/, "");
}

function lmsOf(settings: Settings) {
  const { LMS_URL: url, DISCOVERY_URL: discoveryUrl } = settings;
  return url && discoveryUrl
    ? {
        url: baseUrl(url),
        discoveryUrl: baseUrl(discoveryUrl),
        deadlineMs: settings.LMS_DEADLINE_MS,
        callsPerMinute: settings.LMS_CALLS_PER_MINUTE,
        entitlements: settings.LMS_ENTITLEMENTS,
      }
    : undefined;
}

function eventsOf({ EVENTS_SECRET: secret, EVENTS_REDIS_URL: url, ...settings }: Settings) {
  const prefix = settings.EVENTS_TOPIC_PREFIX === "none" ? "" : `${settings.EVENTS_TOPIC_PREFIX}-`;
  const streams = settings.EVENTS_TOPICS.map((topic) => prefix + topic);
  return { secret, redis: url ? { url, streams, topics: settings.EVENTS_TOPICS } : undefined };
}

function oauthOf(settings: Settings) {
  const { LMS_URL, OAUTH_CLIENT_ID: clientId, OAUTH_CLIENT_SECRET: clientSecret } = settings;
  const tokenUrl = settings.OAUTH_TOKEN_URL ?? (LMS_URL && `${baseUrl(LMS_URL)}/oauth2/access_token`);
  return tokenUrl && clientId && clientSecret ? { tokenUrl, clientId, clientSecret } : undefined;
}
