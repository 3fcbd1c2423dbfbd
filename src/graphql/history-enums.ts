import type { HistorySource, HistoryType } from "../history/historical";
import type { TrackedType } from "../history/tracked-types";
import { publish } from "./enums";

export const HistoryTypeEnum = publish("HistoryType", "What happened to an object.", {
  CREATED: "It came into being.",
  CHANGED: "It was changed.",
  DELETED: "It was removed.",
});
export type HistoryTypeName = keyof typeof HistoryTypeEnum;

/** The types by the character that history stores. */
export const TYPE_OF: Record<HistoryType, HistoryTypeName> = {
  "+": "CREATED",
  "~": "CHANGED",
  "-": "DELETED",
};
/** The stored character by type. */
export const CHARACTER_OF: Record<HistoryTypeName, HistoryType> = {
  CREATED: "+",
  CHANGED: "~",
  DELETED: "-",
};

export const HistorySourceEnum = publish<HistorySource>("HistorySource", "By which door a change came.", {
  API: "A request to this API.",
  JOB: "A scheduled job.",
  CLI: "A command of an operator.",
  IMPORT: "An import.",
  DATABASE: "SQL that passed by the server; the database itself recorded it.",
});

export const TrackedTypeEnum = publish<TrackedType>("TrackedType", "What has a history.", {
  COURSE_ENTITLEMENT: "An entitlement.",
  SUPPORT_DETAIL: "What support did to an entitlement.",
  COURSE_ENTITLEMENT_POLICY: "A policy.",
  REFUND: "A request to pay back the order of an entitlement.",
});
