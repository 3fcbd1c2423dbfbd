import { IsOptional, Matches, MaxLength } from "class-validator";
import { Field, ID, InputType } from "type-graphql";
import type { Periods } from "../../rules/entitlement-rules";
import { badInput } from "../bad-input";
import { LMS_USER_ID } from "../../rules/accounts/retired-names";
import { IsText, IsUuid, length } from "../inputs";
import { CommandInput } from "../payload";
import { DurationScalar, fromDuration } from "../scalars";

/** The longest comments or reason, in characters. */
const COMMENTS_AT_MOST = 2_000;
const COURSE_RUN_KEY =
  /^(course-v1:[\p{L}\p{N}_\-~.:]+\+[\p{L}\p{N}_\-~.:]+\+[\p{L}\p{N}_\-~.:]+|[\w.\-%]+\/[\w.\-%]+\/[\w.\-%]+)$/u;

/** Applies decorators of a field from the last to the first, as if they stood above it. */
function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators.toReversed()) decorate(target, property);
  };
}

/** An input field with a UUID. */
export function Uuid(description: string): PropertyDecorator {
  return all(
    Field(() => ID, { description }),
    IsUuid(),
  );
}

/** An input field with a UUID that may be left out. */
export function OptionalUuid(description: string): PropertyDecorator {
  return all(
    Field(() => ID, { nullable: true, description }),
    IsOptional(),
    IsUuid(),
  );
}

/** An input field with a text of 1 to `max` characters that is not blank. */
export function Text(max: number, description: string): PropertyDecorator {
  return all(
    Field(() => String, { description }),
    IsText(max),
  );
}

/** An input field with the words in which an agent or a shop says why. */
export function Reason(what: string): PropertyDecorator {
  return Text(
    COMMENTS_AT_MOST,
    `${what}, from 1 to ${COMMENTS_AT_MOST} characters; they are stored in the support details.`,
  );
}

/** An input field with the key of a course run. */
export function CourseRunKey(description: string): PropertyDecorator {
  return all(
    Field(() => String, { description }),
    MaxLength(255, length(255)),
    Matches(COURSE_RUN_KEY, { message: "must be the key of a course run, such as course-v1:org+course+run" }),
  );
}

/** The id of a history entry. */
const IsHistoryEntryId = () => Matches(/^\d{1,18}$/, { message: "must be the id of a history entry" });

/** An input field with the id of a history entry. */
export function HistoryEntryId(description: string): PropertyDecorator {
  return all(
    Field(() => ID, { description }),
    IsHistoryEntryId(),
  );
}

/** The input field of commands that two agents could give at once: what the caller has seen of what is to change. */
export function SeenHistoryEntry(): PropertyDecorator {
  const description =
    "The id of the newest history entry that you have seen of the object. If the object has a newer entry, the command is refused with CONFLICT; without an id, this is not checked.";
  return all(
    Field(() => ID, { nullable: true, description }),
    IsOptional(),
    IsHistoryEntryId(),
  );
}

function Period(description: string): PropertyDecorator {
  return all(
    Field(() => DurationScalar, { nullable: true, description }),
    MaxLength(32, length(32)),
  );
}

/** The periods of a policy, in whole days. */
@InputType()
export abstract class PeriodsInput extends CommandInput {
  @Period(
    "The period from the creation or the renewal of an entitlement until it expires; whole days, such as `P730D`.",
  )
  expirationPeriod?: string | null;

  @Period(
    "The period from the creation of an entitlement in which its order can be refunded; whole days, such as `P60D`.",
  )
  refundPeriod?: string | null;

  @Period("The period in which the learner can leave or switch the run; whole days, such as `P14D`.")
  regainPeriod?: string | null;
}

/** The periods that are given, in milliseconds. */
export function periodsOf({ expirationPeriod, refundPeriod, regainPeriod }: PeriodsInput): Partial<Periods> {
  const given = { expirationPeriod, refundPeriod, regainPeriod };
  const periods = Object.entries(given).flatMap(([name, duration]) => {
    if (duration === undefined || duration === null) return [];
    const ms = fromDuration(duration);
    if (ms === null)
      throw badInput(
        `input.${name}`,
        "must be a length of time such as P14D, not negative and without months and years",
      );
    return [[name.replace("Period", "Ms"), ms]];
  });
  return Object.fromEntries(periods) as Partial<Periods>;
}

/** An input field that names a learner by username; it may be left out. */
export function Username(description: string): PropertyDecorator {
  return all(
    Field(() => String, { nullable: true, description }),
    IsOptional(),
    IsText(150),
  );
}

/** An input field that names a learner by LMS user id; it may be left out. */
export function LmsUserId(description: string): PropertyDecorator {
  return all(
    Field(() => ID, { nullable: true, description }),
    IsOptional(),
    Matches(LMS_USER_ID, { message: "must be a positive whole number" }),
  );
}

/** What the mutations take that a learner gives, or a service, support or staff for a learner. */
@InputType()
export abstract class LearnerInput extends CommandInput {
  @Username("The username of the learner, when a service or an agent sends the mutation for a learner.")
  username?: string | null;

  @LmsUserId("The LMS user id of the learner, when a service or an agent sends the mutation for a learner.")
  userId?: string | null;
}

/** The input field that says whether the order of a revoked entitlement was refunded. */
export function MoneyReturned(): PropertyDecorator {
  const description =
    "Whether the order has been refunded elsewhere. If so, a refund is recorded, so that the order is never refunded again; a service thereby settles a pending refund.";
  return Field(() => Boolean, { defaultValue: true, description });
}

/** The input field that says whether a learner stays in the run of a revoked entitlement. */
export function Downgrade(): PropertyDecorator {
  const description = "Whether the learner stays in the run in the mode `audit`, instead of leaving the run.";
  return Field(() => Boolean, { defaultValue: false, description });
}

/** The input field that says whether learners with a certificate keep what is otherwise revoked. */
export function SpareCompleted(): PropertyDecorator {
  const description =
    "Whether to refuse the revocation for a learner who has a certificate for the run. Nothing is then recorded, not even that the order was refunded.";
  return Field(() => Boolean, { defaultValue: false, description });
}

@InputType({ description: "An order of the shop for one course." })
export class OrderInput {
  @Username("The username of the learner, in upper or lower case.")
  username?: string | null;

  @LmsUserId(
    "The LMS user id of the learner, instead of the username or beside it; then both must be the same learner's.",
  )
  userId?: string | null;

  @Uuid("The UUID of the course.")
  courseUuid!: string;

  @Text(100, "The course mode of the entitlement, which must be a mode that is sold.")
  mode!: string;

  @Text(128, "The order number of the shop; an order has at most one entitlement for each course.")
  orderNumber!: string;

  @Field({ defaultValue: false, description: "Whether refunds of the order are locked from the start." })
  refundLocked!: boolean;
}
