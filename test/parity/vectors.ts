import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";

/** A mistake of the user of the command, which is reported without a stack. */
export class UsageError extends Error {}

/** An instant as the original writes it. */
export const instant = z.iso.datetime({ precision: 6 });
const unanswered = z.strictObject({ error: z.string() });
const orUnanswered = <T extends z.ZodType>(type: T) => z.union([type, unanswered]);

const periods = z.object({
  expirationPeriodUs: z.int(),
  refundPeriodUs: z.int(),
  regainPeriodUs: z.int(),
});

const policyInput = z.object({
  now: instant,
  entitlement: z.object({
    uuid: z.uuid(),
    courseUuid: z.uuid(),
    mode: z.string(),
    created: instant,
    expiredAt: instant.nullable(),
    orderNumber: z.string().nullable(),
    orderNumberWrittenBy: z.enum(["save", "sql"]),
    refundLocked: z.boolean(),
  }),
  policy: periods.nullable(),
  enrollment: z
    .object({
      created: instant.nullable(),
      isActive: z.boolean(),
      courseOverview: z.object({ start: instant.nullable() }).nullable(),
      certificateStatus: z.string().nullable(),
    })
    .nullable(),
});

const policyAnswers = z.strictObject({
  storedOrderNumber: z.string().nullable(),
  daysSinceCreated: z.int(),
  daysUntilExpiration: orUnanswered(z.int()),
  isRegainable: orUnanswered(z.boolean()),
  isRefundable: orUnanswered(z.boolean()),
  isRedeemable: orUnanswered(z.boolean()),
  readExpiredAt: z.strictObject({
    expiredAt: orUnanswered(instant.nullable()),
    becameSet: z.boolean(),
    storedExpiredAt: instant.nullable(),
    storedModified: instant,
    historyRowsAdded: z.int(),
  }),
  toDict: z.strictObject({
    value: orUnanswered(
      z.strictObject({
        uuid: z.string(),
        course_uuid: z.string(),
        expired_at: z.string().nullable(),
        expiration_date: z.string().nullable(),
      }),
    ),
    historyRowsAdded: z.int(),
  }),
});

/** One entitlement seen at one instant. */
export const policyVector = policyInput.extend({
  id: z.string(),
  kind: z.literal("policy"),
  expected: policyAnswers,
});

const ids = z.array(z.string());
const choice = { result: z.string().nullable(), candidates: ids };

/** The learners, runs and policies of a vector. */
export const recordedWorld = z.object({
  users: ids,
  courses: z.record(z.string(), z.uuid()),
  runs: z.array(z.object({ run: z.string(), start: instant.nullable() })),
  catalog: z.record(z.string(), z.uuid().nullable()),
  fulfillable: z.record(z.string(), z.boolean()),
  policies: z.record(z.string(), periods),
});

const population = recordedWorld.extend({
  now: instant,
  entitlements: z.array(
    z.object({
      id: z.string(),
      uuid: z.uuid(),
      user: z.string(),
      courseUuid: z.uuid(),
      mode: z.string(),
      created: instant,
      expiredAt: instant.nullable(),
      enrolledRun: z.string().nullable(),
      enrolledAt: instant.nullable(),
      orderNumber: z.string().nullable(),
      refundLocked: z.boolean(),
      policy: z.string().nullable(),
    }),
  ),
});

/** A population, and every finder's answer for every learner. */
export const queryVector = population.extend({
  id: z.string(),
  kind: z.literal("query"),
  touchedAfterwards: ids,
  expected: z.strictObject({
    unexpired: z.record(z.string(), ids),
    active: z.record(z.string(), ids),
    fulfillable: z.record(z.string(), z.strictObject({ ids, tied: z.array(ids) })),
    entitlementIfActive: z.array(z.strictObject({ user: z.string(), course: z.string(), ...choice })),
    fulfillableForRun: z.array(
      z.strictObject({ user: z.string(), run: z.string(), ...choice, stubCalls: z.array(z.unknown()) }),
    ),
  }),
});

export type Unanswered = z.infer<typeof unanswered>;
export type RecordedPeriods = z.infer<typeof periods>;
export type PolicyInput = z.infer<typeof policyInput>;
export type PolicyAnswers = z.infer<typeof policyAnswers>;
export type PolicyVector = z.infer<typeof policyVector>;
export type RecordedWorld = z.infer<typeof recordedWorld>;
export type Population = z.infer<typeof population>;
export type QueryVector = z.infer<typeof queryVector>;

/** Reads a JSON array that has one vector a line, one at a time, so that a file may be of any size. */
export async function* readVectors<T>(path: string, format: z.ZodType<T>): AsyncGenerator<T> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1;
    const text = line.trim().replace(/^\[/, "").replace(/\]$/, "").replace(/,$/, "").trim();
    if (text !== "") yield parseVector(text, format, `${path}, line ${number}`);
  }
  if (number === 0) throw new UsageError(`${path} is empty`);
}

function parseVector<T>(text: string, format: z.ZodType<T>, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${where}: not a vector; the file must be a JSON array with one vector a line`);
  }
  const parsed = format.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new UsageError(`${where}: not a vector of the expected format: ${path.join(".")}: ${message}`);
}
