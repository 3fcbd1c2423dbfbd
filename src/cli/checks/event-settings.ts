import { EVENT_FORMS } from "../../gateways/event-bus/schemas";

/** Where in the data of an event the LMS finds the key by which it sorts events, by the name of the data. */
const KEYS: Readonly<Record<string, string>> = {
  enrollment: "enrollment.course.course_key",
  certificate: "certificate.course.course_key",
  user: "user.pii.username",
  catalog_info: "catalog_info.course_key",
};

/**
 * The lines by which the LMS, and Studio for what it tells, send the events that are followed to a topic; with Tutor they
 * belong into the patch `openedx-common-settings`.
 */
export function producerSettings(topic: string): string {
  const lines = [...EVENT_FORMS].map(
    ([type, { name }]) =>
      `EVENT_BUS_PRODUCER_CONFIG.setdefault("${type}", {})["${topic}"] = {"event_key_field": "${KEYS[name]}", "enabled": True}`,
  );
  return [
    'EVENT_BUS_PRODUCER = "edx_event_bus_redis.create_producer"',
    "# and EVENT_BUS_REDIS_CONNECTION_URL and EVENT_BUS_TOPIC_PREFIX, which Tutor sets",
    ...lines,
  ].join("\n");
}
