import { z } from "zod";
import type { LmsEvent } from "../use-cases/lms/following/hint-of";

/** An event as CloudEvents 1.0 writes it in JSON. */
const cloudEvent = z.object({
  specversion: z.literal("1.0"),
  id: z.string().min(1),
  type: z.string().min(1),
  source: z.string().min(1),
  data: z.unknown().optional(),
});

/** The event that a signed message brings; null when it is none. */
export function cloudEventIn(message: unknown): LmsEvent | null {
  const { data: event } = cloudEvent.safeParse(message);
  return event ? { id: event.id, type: event.type, data: event.data } : null;
}

const metadata = z.object({
  event_metadata: z.object({ id: z.string().min(1), event_type: z.string().min(1) }),
});

/** The names that events have for what they tell, by the class that openedx-webhooks names instead. */
const NAMES: Readonly<Record<string, string>> = {
  CourseEnrollmentData: "enrollment",
  CertificateData: "certificate",
  UserData: "user",
  CourseCatalogData: "catalog_info",
};

/**
 * The event that a message of the package openedx-webhooks brings: an object that names the class of what the event tells,
 * and `event_metadata`. Null when it is none.
 */
export function openEdxWebhookIn(message: unknown): LmsEvent | null {
  const { data } = metadata.safeParse(message);
  if (!data) return null;
  const told = Object.entries(message as object).map(([name, value]) => [
    NAMES[name.split(".").at(-1)!] ?? name,
    value as unknown,
  ]);
  return {
    id: data.event_metadata.id,
    type: data.event_metadata.event_type,
    data: Object.fromEntries(told) as unknown,
  };
}
