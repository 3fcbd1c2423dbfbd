import { baseUrl, oneOf, text, textLike, textsInJson, webUrl, whole } from "../setting-kinds";

/** The settings of how the Open edX installation is reached. */
export const OPEN_EDX_SETTINGS = {
  LMS_URL: baseUrl
    .optional()
    .describe(
      "The address of the LMS, which then keeps enrollments, accounts and certificates. It needs `DISCOVERY_URL`, `OAUTH_CLIENT_ID` and `OAUTH_CLIENT_SECRET`. Without it, the tables of this service keep them.",
    ),
  DISCOVERY_URL: baseUrl
    .optional()
    .describe("The public address of course-discovery, whose host names the catalog; `LMS_URL` needs it."),
  LMS_DEADLINE_MS: whole(50, 30_000)
    .default(5_000)
    .describe(
      "How long a call to the LMS or to course-discovery may take, in milliseconds, with all its requests; leases and pauses between attempts are multiples of it.",
    ),
  LMS_CALLS_PER_MINUTE: whole(1, 6_000)
    .default(60)
    .describe(
      "How many requests one process sends to the LMS within a minute, and as many to course-discovery: on average, and twice as many at the most. The LMS allows an account of its staff 120.",
    ),
  LMS_ENTITLEMENTS: oneOf("empty", "plugin")
    .optional()
    .describe(
      "Why the LMS refunds nothing by itself when a learner leaves a run: `empty` declares that it holds no entitlements, `plugin` that our plug-in for the LMS is installed. Required in production with `LMS_URL`.",
    ),
  ON_LMS_UNENROLL: oneOf("keep", "refund")
    .default("keep")
    .describe(
      "What becomes of an entitlement whose learner was taken out of the run in the LMS: `keep` leaves it to be redeemed again, `refund` also requests the refund of an order that was refundable until then. With the plug-in, an order is not refunded while the LMS has the learner in another run of the course in the same mode.",
    ),
  REST_FACADE: oneOf("off", "read-only", "on")
    .default("off")
    .describe(
      "Whether this process answers the entitlements API of Open edX at `/api/entitlements/v1/`: `read-only` while the LMS still changes entitlements, and `on` when this service does.",
    ),
  RETIRED_USER_SALTS: textsInJson
    .default([])
    .describe(
      "The setting `RETIRED_USER_SALTS` of the LMS, which is secret: all of its salts, the newest last. The retirement pipeline of Open edX needs it (`POST /api/v1/accounts/retire/`), so that an account gets the same retired username here.",
    ),
  RETIRED_USERNAME_FORMAT: textLike(
    /^[\w.@+-]{0,90}\{\}[\w.@+-]{0,20}$/,
    "what a username may be, with {} for the hash, such as retired__user_{}",
  )
    .default("retired__user_{}")
    .describe("The setting `RETIRED_USERNAME_FMT` of the LMS: `RETIRED_USERNAME_PREFIX` and `{}`."),
  OAUTH_TOKEN_URL: webUrl
    .optional()
    .describe(
      "The address where this service gets the token that it shows to other services. With `LMS_URL` it is `/oauth2/access_token` there, unless this is set.",
    ),
  OAUTH_CLIENT_ID: text()
    .optional()
    .describe(
      "The client id for that, of an application of the LMS for client credentials whose user is staff; it goes together with the secret.",
    ),
  OAUTH_CLIENT_SECRET: text().optional().describe("The client secret for that."),
};
