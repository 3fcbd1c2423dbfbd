import type { HistorySource, HistoryType } from "../history/history-columns";
import type { TrackedType } from "../history/tracked-types";
import { publish } from "./enums";

export const HistoryTypeEnum = publish("HistoryType", "The kind of a change.", {
  CREATED: "The object was created.",
  CHANGED: "The object was changed.",
  DELETED: "The object was deleted.",
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

export const HistorySourceEnum = publish<HistorySource>(
  "HistorySource",
  "The way in which a change entered the system.",
  {
    API: "A request to this API made the change.",
    JOB: "A background job of the server made the change.",
    CLI: "An operator made the change with a command-line tool.",
    IMPORT: "An import of data made the change.",
    DATABASE: "Direct SQL that bypassed the server made the change; a database trigger recorded it.",
  },
);

export const TrackedTypeEnum = publish<TrackedType>(
  "TrackedType",
  "A type of object whose changes are recorded.",
  {
    COURSE_ENTITLEMENT: "An entitlement of a learner.",
    SUPPORT_DETAIL: "A support detail: an action of an agent or a shop on an entitlement.",
    COURSE_ENTITLEMENT_POLICY: "A policy with the periods of entitlements.",
    REFUND: "A refund of the order of an entitlement.",
    COURSE_ENROLLMENT: "An enrollment of a learner in a run.",
    CERTIFICATE: "A certificate of a learner for a run.",
    COURSE_RUN: "A run of a course.",
    ERASURE: "An erasure of names and personal texts from history: those of a user, or those of old entries.",
    WEBHOOK: "A webhook: an address that is told of changes.",
    SUPPORT_AGENT: "A support agent: an account that staff have made one.",
  },
);
