import { z } from "zod";
import { flag, jwkSet, listOf, postgresUrl, webUrl, whole } from "./setting-kinds";

const environment = z.object({
  /** `production` needs DATABASE_URL and the LMS's keys, and shows neither schema nor explorers. */
  NODE_ENV: z.enum(["development", "production", "test"]).default("development"),
  HOST: z.string().min(1).optional(),
  /** 0 takes any free port. */
  PORT: whole(0, 65_535).default(4000),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
  /** PostgreSQL 15 or newer; without it the embedded one runs. */
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_POOL_SIZE: whole(1, 200).default(10),
  /** Where the embedded PostgreSQL keeps its data. */
  DATA_DIR: z.string().min(1).default(".data"),
  /** The public keys of the LMS that signs tokens. */
  JWT_JWK_SET: jwkSet.optional(),
  /** Where the LMS publishes them, instead. */
  JWT_JWK_SET_URL: webUrl.optional(),
  JWT_ISSUER: z.string().min(1).default("http://localhost:18000/oauth2"),
  JWT_AUDIENCE: z.string().min(1).default("openedx"),
  /** The entry of the `roles` claim that makes a support agent. */
  JWT_SUPPORT_ROLE: z.string().min(1).default("support"),
  /** The entry of the `roles` claim that makes a shop or another service. */
  JWT_SERVICE_ROLE: z.string().min(1).default("service"),
  /** Whether tokens of restricted OAuth applications are let in. */
  JWT_RESTRICTED_APPLICATIONS: flag.default(false),
  /** Whether browsers may send the token in the LMS's cookies. */
  JWT_COOKIES: flag.default(false),
  /** The origins of frontends on other hosts, which browsers then let ask. */
  CORS_ORIGINS: listOf(/^https?:\/\/[a-z0-9.-]+(:\d+)?$/, "origins like https://apps.example.org").default(
    [],
  ),
  /** The host of the Open edX installation, which chooses the policy of new entitlements. */
  SITE_DOMAIN: z
    .string()
    .regex(/^[a-z0-9.-]+(:\d+)?$/i, "must be a host, like courses.example.org")
    .optional(),
  /** The modes that entitlements are sold in, beside those that a run has a price for; separated by commas. */
  PAID_MODES: listOf(/^[\w-]+$/, "modes").default(["verified", "professional", "no-id-professional"]),
  /** Below so many days left, the expiration date is shown. */
  EXPIRATION_ALERT_DAYS: whole(0, 36_500).default(90),
  /** The periods of an entitlement without a policy. */
  DEFAULT_EXPIRATION_DAYS: whole(0, 36_500).default(730),
  DEFAULT_REFUND_DAYS: whole(0, 36_500).default(60),
  DEFAULT_REGAIN_DAYS: whole(0, 36_500).default(14),
  /** A file with the only documents that are answered: a manifest of persisted documents. */
  TRUSTED_DOCUMENTS: z.string().min(1).optional(),
  /** Introspection, Sandbox and GraphiQL; off in production unless switched on. */
  EXPLORERS: flag.optional(),
  /** Who pays orders back: a shop of our own that pays nothing, commerce-coordinator, or nobody. */
  REFUND_SHOP: z.enum(["embedded", "coordinator", "none"]).optional(),
  /** How long the shop may take to answer; leases, pauses and patience are multiples of it. */
  REFUND_DEADLINE_MS: whole(50, 30_000).default(5_000),
  COORDINATOR_URL: webUrl.transform((url) => url.replace(/\/+$/, "")).optional(),
  /** Whether that shop honours the header Idempotency-Key; commerce-coordinator does not need it. */
  COORDINATOR_KEYED: flag.default(false),
  /** Where this service gets the token that it shows to other services, and as whom. */
  OAUTH_TOKEN_URL: webUrl.optional(),
  OAUTH_CLIENT_ID: z.string().min(1).optional(),
  OAUTH_CLIENT_SECRET: z.string().min(1).optional(),
  /** Who is asked what shall happen at the points of a program that faults are planned for; not in production. */
  FAULT_PLAN_URL: z.url().optional(),
  /** How long a stopping server still takes requests, so that load balancers can notice; 2500 in production. */
  SHUTDOWN_DELAY_MS: whole(0, 60_000).optional(),
  /** Whether this process does its share of the background work. */
  JOBS: flag.default(true),
  /** Whoever shows it may read `/metrics`; without it production has none, and development shows them to anybody. */
  METRICS_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
});

export type Config = Readonly<ReturnType<typeof loadConfig>>;

/** A fault in the settings: one line each, naming the setting. Values are not repeated, as they may be secret. */
export class ConfigError extends Error {}

/** Reads all settings at once and reports all faults at once. Nothing else reads the environment. */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = environment.safeParse(given);
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"),
    );
  const settings = parsed.data;
  const isProduction = settings.NODE_ENV === "production";
  const refundShop = settings.REFUND_SHOP ?? (isProduction ? "none" : "embedded");
  if (refundShop === "coordinator" && !settings.COORDINATOR_URL)
    throw new ConfigError("COORDINATOR_URL: must be set when REFUND_SHOP is coordinator");
  const faults = missing(settings);
  if (faults.length > 0) throw new ConfigError(faults.join("\n"));
  if (isProduction && settings.JWT_JWK_SET?.keys.some((key) => key["kid"] === "development"))
    throw new ConfigError('JWT_JWK_SET: holds the key "development", which production does not trust');
  return Object.freeze({
    isProduction,
    host: settings.HOST ?? (isProduction ? "0.0.0.0" : "127.0.0.1"),
    port: settings.PORT,
    logLevel: settings.LOG_LEVEL,
    databaseUrl: settings.DATABASE_URL,
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
      restrictedApplications: settings.JWT_RESTRICTED_APPLICATIONS,
      cookies: settings.JWT_COOKIES,
    },
    corsOrigins: settings.CORS_ORIGINS,
    siteDomain: settings.SITE_DOMAIN,
    paidModes: settings.PAID_MODES,
    expirationAlertDays: settings.EXPIRATION_ALERT_DAYS,
    defaultPeriods: {
      expirationMs: settings.DEFAULT_EXPIRATION_DAYS * 86_400_000,
      refundMs: settings.DEFAULT_REFUND_DAYS * 86_400_000,
      regainMs: settings.DEFAULT_REGAIN_DAYS * 86_400_000,
    },
    trustedDocuments: settings.TRUSTED_DOCUMENTS,
    explorers: settings.EXPLORERS ?? !(isProduction || settings.TRUSTED_DOCUMENTS),
    refund: {
      shop: refundShop,
      deadlineMs: settings.REFUND_DEADLINE_MS,
      coordinatorUrl: settings.COORDINATOR_URL ?? "",
      isKeyed: settings.COORDINATOR_KEYED,
    },
    oauth: oauthOf(settings),
    faultPlanUrl: isProduction ? undefined : settings.FAULT_PLAN_URL,
    shutdownDelayMs: settings.SHUTDOWN_DELAY_MS ?? (isProduction ? 2_500 : 0),
    jobs: settings.JOBS,
    metrics: !isProduction || settings.METRICS_TOKEN !== undefined,
    metricsToken: settings.METRICS_TOKEN,
  });
}

/** What production cannot do without, and what cannot be meant. */
function missing({ NODE_ENV, DATABASE_URL, JWT_JWK_SET, JWT_JWK_SET_URL }: z.infer<typeof environment>) {
  const isProduction = NODE_ENV === "production";
  const keySources = [JWT_JWK_SET, JWT_JWK_SET_URL].filter(Boolean).length;
  return [
    ...(isProduction && !DATABASE_URL ? ["DATABASE_URL: must be set when NODE_ENV is production"] : []),
    ...(isProduction && keySources === 0
      ? ["JWT_JWK_SET: must be set when NODE_ENV is production, or else JWT_JWK_SET_URL: one of them"]
      : []),
    ...(keySources === 2 ? ["JWT_JWK_SET: must not be set beside JWT_JWK_SET_URL: only one of them"] : []),
  ];
}

function oauthOf(settings: z.infer<typeof environment>) {
  const {
    OAUTH_TOKEN_URL: tokenUrl,
    OAUTH_CLIENT_ID: clientId,
    OAUTH_CLIENT_SECRET: clientSecret,
  } = settings;
  if (tokenUrl && clientId && clientSecret) return { tokenUrl, clientId, clientSecret };
  if (tokenUrl ?? clientId ?? clientSecret)
    throw new ConfigError("OAUTH_TOKEN_URL: needs OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET, and they need it");
  return undefined;
}
