import { z } from "zod";
import { instant, recordedWorld } from "../vectors";

const alias = z.string();
const unsaved = z.object({
  mode: z.string().optional(),
  orderNumber: z.string().nullable().optional(),
  refundLocked: z.boolean().optional(),
  policy: alias.nullable().optional(),
  expiredAt: instant.nullable().optional(),
  courseUuid: z.uuid().optional(),
  enrollment: alias.nullable().optional(),
});

/** What an operation says of itself; which of it is there depends on the operation. */
const operation = z.object({
  op: z.string(),
  transaction: z.enum(["none", "atomic", "catch-inside", "raise-after"]).optional(),
  actor: alias.optional(),
  by: z
    .string()
    .regex(/^\d+(ms|s|m|h|d)$/)
    .optional(),
  entitlement: alias.optional(),
  detail: alias.optional(),
  uuid: z.uuid().optional(),
  user: alias.optional(),
  run: z.string().optional(),
  courseUuid: z.uuid().optional(),
  mode: z.string().optional(),
  orderNumber: z.string().nullable().optional(),
  policy: alias.nullable().optional(),
  refundLocked: z.boolean().optional(),
  expiredAt: instant.nullable().optional(),
  created: instant.nullable().optional(),
  historyFault: z.boolean().optional(),
  changes: unsaved.optional(),
  updateFields: z.array(z.string()).optional(),
  first: unsaved.optional(),
  second: unsaved.optional(),
  supportUser: alias.optional(),
  action: z.string().optional(),
  comments: z.string().nullable().optional(),
  unenrolledRun: z.string().nullable().optional(),
  status: z.string().nullable().optional(),
  skipRefund: z.boolean().optional(),
  refundSucceeds: z.boolean().optional(),
  enrollFails: z.enum(["not_allowed", "error_after_write", "crash_after_write"]).optional(),
  end: z.enum(["commit", "raise"]).optional(),
});

const entitlement = z.object({
  entitlement: alias,
  uuid: z.uuid(),
  user: alias.nullable(),
  courseUuid: z.uuid(),
  mode: z.string(),
  expiredAt: instant.nullable(),
  enrollment: alias.nullable(),
  orderNumber: z.string().nullable(),
  refundLocked: z.boolean(),
  policy: alias.nullable(),
  created: instant,
  modified: instant,
});
// The original's deprecated `reason` of a support detail has no place with us.
const supportDetail = z.object({
  detail: alias,
  entitlement: alias.nullable(),
  supportUser: alias.nullable(),
  action: z.string(),
  comments: z.string().nullable(),
  unenrolledRun: z.string().nullable(),
  created: instant,
  modified: instant,
});
const enrollment = z.object({
  enrollment: alias,
  isActive: z.boolean(),
  mode: z.string(),
  created: instant.nullable(),
});
const outcome = {
  result: z.unknown().optional(),
  error: z.string().optional(),
  errorCause: z.string().optional(),
};
const entry = { historyType: z.enum(["+", "~", "-"]), historyUser: alias.nullable() };

const step = z.object({
  op: operation.extend({ steps: z.array(operation).optional() }),
  at: instant,
  endedAt: instant.optional(),
  ...outcome,
  historyAdded: z.strictObject({
    entitlement: z.array(entitlement.extend(entry)),
    supportDetail: z.array(supportDetail.extend(entry)),
  }),
  historyRewritten: z.array(z.unknown()).optional(),
  state: z.strictObject({
    entitlements: z.array(entitlement),
    enrollments: z.array(enrollment),
    supportDetails: z.array(supportDetail),
  }),
});

/** A world, then operations in sequence. */
export const scenarioVector = z.object({
  id: z.string(),
  kind: z.literal("scenario"),
  tags: z.array(z.string()),
  world: recordedWorld.extend({
    start: instant,
    certificates: z.array(z.object({ user: alias, run: z.string(), status: z.string() })),
  }),
  steps: z.array(step),
});

export type ScenarioVector = z.infer<typeof scenarioVector>;
export type Step = z.infer<typeof step>;
export type Operation = z.infer<typeof operation> & { steps?: Operation[] };
export type Changes = z.infer<typeof unsaved>;
