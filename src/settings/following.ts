import { listOf, redisUrl, textLike } from "../setting-kinds";

const NAME = /^[\w.-]+$/;

/** The settings of how this service hears of what happens in the LMS. */
export const FOLLOWING_SETTINGS = {
  EVENTS_SECRET: textLike(/^[\w-]{32,}$/, "at least 32 letters, digits, - and _")
    .optional()
    .describe(
      "What signs the events that the LMS sends to `/lms-events`, which the LMS knows too. Without it, that address does not exist.",
    ),
  EVENTS_REDIS_URL: redisUrl
    .optional()
    .describe(
      "The Redis of the LMS's event bus, which is then read. It may hold a user and a password; `rediss` encrypts.",
    ),
  EVENTS_TOPIC_PREFIX: textLike(NAME, "a name")
    .default("dev")
    .describe(
      "What the names of streams begin with, before a hyphen: `EVENT_BUS_TOPIC_PREFIX` of the LMS, which Tutor sets to `dev`; `none` where the LMS has none.",
    ),
  EVENTS_TOPICS: listOf(NAME, "names")
    .default(["course-entitlements"])
    .describe("The topics that are read: those of `EVENT_BUS_PRODUCER_CONFIG` in the LMS."),
};
