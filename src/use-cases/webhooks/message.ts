import { changesBetween } from "../../history/tracked-types";
import type { FeedEntry } from "../../reads/feed/feed";
import { shown } from "../../reads/feed/shown";

const HAPPENED = { "+": "created", "~": "changed", "-": "deleted" } as const;
const NOUNS: Readonly<Record<string, string>> = { COURSE_ENTITLEMENT: "entitlement", REFUND: "refund" };

/** The id of the message that tells a change: the same however often it is sent. */
export function messageIdOf({ id }: FeedEntry): string {
  return `change-${id}`;
}

/**
 * The message that tells a change, as JSON, in the form of the Standard Webhooks. Values are those of GraphQL. What only
 * support is told of is not in it, nor who of them made the change.
 */
export function messageOf(entry: FeedEntry): string {
  const { entityType, image, previousImage } = entry;
  const changes = entry.type === "-" ? [] : changesBetween(entityType, previousImage, image);
  return JSON.stringify({
    type: `${NOUNS[entityType]}.${HAPPENED[entry.type]}`,
    timestamp: entry.date.toISOString(),
    data: {
      id: entry.id,
      entityType,
      entityId: entry.entityId,
      entitlementId: entry.entitlementId,
      userId: entry.learnerId,
      reason: entry.reason,
      source: entry.source,
      requestId: entry.requestId,
      transactionId: entry.txid,
      changes: changes
        .filter(({ field }) => field.told === "everyone")
        .map(({ name, field: { as, kind }, from, to }) => ({
          field: as ?? name,
          from: shown(kind, from),
          to: shown(kind, to),
        })),
    },
  });
}
