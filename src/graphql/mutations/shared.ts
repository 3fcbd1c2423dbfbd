import { IsOptional, IsUUID, Matches, MaxLength } from "class-validator";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import type { PolicyFacts } from "../../reads/policies";
import type { Refund } from "../../entities/refund";
import type { Periods } from "../../rules/entitlement-rules";
import type { Command } from "../../use-cases/command";
import { badInput } from "../bad-input";
import type { Context } from "../context";
import { IsText, length, UUID } from "../inputs";
import { CommandInput, Payload, payload } from "../payload";
import { DurationScalar, fromDuration } from "../scalars";
import { CourseEntitlementView, toEntitlement } from "../types/entitlements/course-entitlement";
import { CourseEntitlementPolicyView, toPolicyView } from "../types/course-entitlement-policy";
import { RefundView, toRefundView } from "../types/refund";

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
    IsUUID("all", UUID),
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
    Matches(COURSE_RUN_KEY, { message: "must be a course key, such as course-v1:org+course+run" }),
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

/** Payloads of commands that change one entitlement. */
@ObjectType({ simpleResolvers: true })
export abstract class EntitlementPayload extends Payload {
  @Field(() => CourseEntitlementView, {
    nullable: true,
    description: "The entitlement after the mutation; null when the mutation was refused.",
  })
  entitlement?: CourseEntitlementView | null;
}

/** Payloads of commands that change one entitlement and a refund of its order. */
@ObjectType({ simpleResolvers: true })
export abstract class RefundPayload extends EntitlementPayload {
  @Field(() => RefundView, {
    nullable: true,
    description:
      "The refund, whose outcome is still open while its state is REQUESTED or IN_DOUBT; null when no refund was requested or the mutation was refused.",
  })
  refund?: RefundView | null;
}

/** Payloads of commands that create or change a policy. */
@ObjectType({ simpleResolvers: true })
export abstract class PolicyPayload extends Payload {
  @Field(() => CourseEntitlementPolicyView, {
    nullable: true,
    description: "The policy after the mutation; null when the mutation was refused.",
  })
  policy?: CourseEntitlementPolicyView | null;
}

/** Gives a command on one entitlement, and shows the entitlement as it is afterwards. */
export function changeEntitlement<Input extends CommandInput>(
  context: Context,
  command: Command<Omit<Input, "dryRun">, EntitlementFacts | null>,
  input: Input,
): Promise<EntitlementPayload> {
  return payload(context, input, async (call, given) => {
    const facts = await command(call, given);
    return { entitlement: facts && toEntitlement(context, facts) };
  });
}

/** Gives a command on one entitlement and a refund, and shows both as they are afterwards. */
export function changeRefund<Input extends CommandInput>(
  context: Context,
  command: Command<Omit<Input, "dryRun">, { entitlement: EntitlementFacts; refund: Refund | null }>,
  input: Input,
): Promise<RefundPayload> {
  return payload(context, input, async (call, given) => {
    const { entitlement, refund } = await command(call, given);
    return { entitlement: toEntitlement(context, entitlement), refund: refund && toRefundView(refund) };
  });
}

/** Gives a command on a policy, and shows the policy as it is afterwards. */
export function changePolicy<Input extends CommandInput>(
  context: Context,
  command: Command<Omit<Input, "dryRun">, PolicyFacts>,
  input: Input,
): Promise<PolicyPayload> {
  return payload(context, input, async (call, given) => ({
    policy: toPolicyView(await command(call, given), context.app.config.defaultPeriods),
  }));
}
