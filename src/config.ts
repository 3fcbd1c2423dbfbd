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
    refund: {
      shop: settings.REFUND_SHOP,
      isHandled: settings.REFUND_SHOP !== "none",
      deadlineMs: settings.REFUND_DEADLINE_MS,
      coordinatorUrl: settings.COORDINATOR_URL?.replace(/\/+$/, "") ?? "",
      isKeyed: settings.COORDINATOR_KEYED,
    },
    webhooks: {
      deadlineMs: settings.WEBHOOK_DEADLINE_MS,
      arePrivateAllowed: settings.WEBHOOK_PRIVATE_ADDRESSES,
    },
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
  const oauth = ["OAUTH_TOKEN_URL", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"];
  const faults: [isFault: boolean, text: string][] = [
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
      oauth.some(has) && !oauth.every(has),
      "OAUTH_TOKEN_URL: needs OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET, and they need it",
    ],
  ];
  return faults.filter(([isFault]) => isFault).map(([, text]) => text);
}

function oauthOf(settings: Settings) {
  const {
    OAUTH_TOKEN_URL: tokenUrl,
    OAUTH_CLIENT_ID: clientId,
    OAUTH_CLIENT_SECRET: clientSecret,
  } = settings;
  return tokenUrl && clientId && clientSecret ? { tokenUrl, clientId, clientSecret } : undefined;
}
