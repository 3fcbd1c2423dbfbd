import { ArrayMaxSize, ArrayMinSize, IsOptional, ValidateNested } from "class-validator";
import { Extensions, Field, ID, InputType, Int, ObjectType } from "type-graphql";
import {
  BULK_AT_MOST,
  type BulkItem,
  type BulkOutcome,
  type BulkResult,
  type Selection,
} from "../../use-cases/bulk/bulk";
import type { Command } from "../../use-cases/command";
import { badInput } from "../bad-input";
import type { Context } from "../context";
import { publish } from "../enums";
import { IsUuids } from "../inputs";
import { EntitlementFilter } from "../queries/entitlement-inputs";
import { CommandInput, Payload, payload, toUserError, UserError } from "../payload";
import { CourseEntitlementView, toEntitlement } from "../types/entitlements/course-entitlement";

/** The rule of a list of a bulk mutation. */
export const BULK_SIZE = { message: `must hold from 1 to ${BULK_AT_MOST}` };

export const BulkOutcomeEnum = publish<BulkOutcome>(
  "BulkOutcome",
  "The outcome of a bulk mutation for one object.",
  {
    CHANGED: "The change was made; in a dry run, it would be made.",
    UNCHANGED: "The object was as it should be already.",
    REFUSED: "A rule forbids the change, and `error` gives the reason; the object is unchanged.",
    FAILED:
      "The change failed because of an error in the server; the object is unchanged, and the mutation can be repeated.",
    NOT_REACHED:
      "The time of the mutation was over before this object, or the database was away; the same mutation again goes on with it.",
  },
);

@InputType()
export abstract class SelectionInput extends CommandInput {
  @Field(() => [ID], {
    nullable: true,
    description: `The UUIDs of the entitlements, from 1 to ${BULK_AT_MOST}; null where \`filter\` is given.`,
  })
  @IsOptional()
  @ArrayMinSize(1, BULK_SIZE)
  @ArrayMaxSize(BULK_AT_MOST, BULK_SIZE)
  @IsUuids()
  entitlementIds?: string[] | null;

  @Field(() => EntitlementFilter, {
    nullable: true,
    description: `The conditions that the entitlements meet, which must be at most ${BULK_AT_MOST}; null where \`entitlementIds\` is given.`,
  })
  @IsOptional()
  @ValidateNested()
  filter?: EntitlementFilter | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "The number of entitlements that `filter` finds, as a dry run tells it. The mutation is refused when the number differs.",
  })
  expectedCount?: number | null;
}

@ObjectType("BulkResult", {
  description: "The outcome of a bulk mutation for one entitlement.",
  simpleResolvers: true,
})
export class BulkResultView {
  @Field(() => ID, { description: "The UUID of the entitlement." })
  id!: string;

  @Field(() => BulkOutcomeEnum, { description: "The outcome for this entitlement." })
  outcome!: BulkOutcome;

  @Field(() => UserError, {
    nullable: true,
    description:
      "The reason why a rule forbids the change, or why there was nothing to change; null without one.",
  })
  error!: UserError | null;

  @Field(() => CourseEntitlementView, {
    nullable: true,
    description: "The entitlement after the mutation; null when it was not changed.",
  })
  entitlement!: CourseEntitlementView | null;
}

@ObjectType({ simpleResolvers: true })
export abstract class BulkPayload extends Payload {
  @Extensions({ itemsAtMost: BULK_AT_MOST })
  @Field(() => [BulkResultView], {
    nullable: true,
    description:
      "The outcomes for the entitlements, in the order of `entitlementIds` or of their creation; null when the mutation was refused.",
  })
  results?: BulkResultView[] | null;

  @Field(() => Int, {
    nullable: true,
    description: "The number of entitlements that were changed; null when the mutation was refused.",
  })
  changedCount?: number | null;
}

/** The path of an input field that an error belongs to. */
export function errorAt({ refusal }: BulkResult, list: string, index: number): UserError | null {
  return refusal && Object.assign(toUserError(refusal), { field: ["input", list, `${index}`] });
}

/** Throws unless entitlements are named in exactly one way, and a filter has a condition. */
export function requireSelection({ entitlementIds, filter }: Selection): void {
  if (!entitlementIds === !filter) throw badInput("input", "must have either entitlementIds or filter");
  const conditions = Object.values(filter ?? {}).filter((value) => value !== null && value !== undefined);
  if (filter && conditions.length === 0) throw badInput("input.filter", "must have a condition");
}

/** Gives a command on many entitlements, and shows the outcome for each. */
export function changeMany<Input extends SelectionInput>(
  context: Context,
  command: Command<Omit<Input, "dryRun">, BulkItem[]>,
  input: Input,
): Promise<BulkPayload> {
  requireSelection(input);
  return payload(context, input, async (call, given) => {
    const items = await command(call, given);
    const results = items.map((item, index) => ({
      id: item.entitlementId,
      outcome: item.outcome,
      error: errorAt(item, "entitlementIds", index),
      entitlement: item.done && toEntitlement(context, item.done.facts),
    }));
    return { results, changedCount: items.filter(({ outcome }) => outcome === "CHANGED").length };
  });
}
