import { Arg, Field, InputType, ObjectType, type ClassType } from "type-graphql";
import type { Entry } from "../reads/finding/entry-rows";
import { Refusal, type RefusalCode } from "../refusal";
import type { Call } from "../use-cases/command";
import { PREVIEW_AT_MOST, type Rehearsal } from "../use-cases/rehearsal";
import { maySee, type Context } from "./context";
import { UserErrorCodeEnum } from "./enums";
import { toEntryView } from "./history";
import { HistoryEntryView } from "./types/history-entry";

/** The input field by which a mutation is only tried. */
export function DryRun(): PropertyDecorator {
  const description =
    "Whether this is a dry run: all rules are checked, the answer is the one that would result, and no change is stored.";
  return Field(() => Boolean, { defaultValue: false, description });
}

/** What every mutation takes, beside what it is about. */
@InputType()
export abstract class CommandInput {
  @DryRun()
  dryRun!: boolean;
}

/** The one argument of a mutation. */
export function Input(type: () => ClassType, description: string): ReturnType<typeof Arg> {
  return Arg("input", type, { description });
}

/** The object that a mutation has changed, in its payload. `noun` is what clients call it. */
export function Changed(type: () => ClassType, noun: string): PropertyDecorator {
  const description = `The ${noun} after the mutation; null when the mutation was refused.`;
  return Field(type, { nullable: true, description });
}

@ObjectType({
  description: "The reason why a mutation was refused. A refused mutation has changed nothing.",
  simpleResolvers: true,
})
export class UserError {
  @Field(() => UserErrorCodeEnum, { description: "The code of the reason, for programs." })
  code!: RefusalCode;

  @Field({
    description: "The reason as text that can be shown to a learner; it also says that nothing has changed.",
  })
  message!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      'The path of the input field that caused the refusal, such as `["input", "entitlementId"]`; null when no single field caused it.',
  })
  field!: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The blocker behind the reason, a value of `RedeemBlocker`, `RegainBlocker`, `RefundBlocker` or `SessionBlocker`; null when the code itself is the reason.",
  })
  blocker!: string | null;
}

/** What every mutation answers with, beside the object it changed. */
@ObjectType({ simpleResolvers: true })
export abstract class Payload {
  @Field(() => [UserError], {
    description: "The reasons why the mutation was refused; empty when the mutation was carried out.",
  })
  userErrors!: UserError[];

  @Field(() => [HistoryEntryView], {
    nullable: true,
    description: `The history entries that the mutation would record, the first change first, at most ${PREVIEW_AT_MOST}; null unless it was a dry run.`,
  })
  preview?: HistoryEntryView[] | null;
}

/**
 * Gives a command, or tries it in a dry run, and turns its refusal into data. Anything else it throws is ours and stays
 * an error.
 */
export async function payload<Input extends CommandInput, T extends object>(
  context: Context,
  { dryRun, ...input }: Input,
  work: (call: Call, input: Omit<Input, "dryRun">) => Promise<T>,
): Promise<Partial<T> & Payload> {
  const rehearsal: Rehearsal | null = dryRun ? { entries: [] } : null;
  try {
    const result = await work({ ...context, rehearsal }, input);
    return { ...result, userErrors: [], preview: toPreview(context, rehearsal) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { userErrors: [toUserError(error)], preview: rehearsal && [] } as never;
  }
}

function toPreview(context: Context, rehearsal: Rehearsal | null): HistoryEntryView[] | null {
  return rehearsal && rehearsal.entries.map((entry) => toEntryView(context, entry, ownerOf(context, entry)));
}

/**
 * Whose entitlement an entry of a dry run is of, where the caller may see that learner's. A token without a user id gives
 * commands only for the account of its name, which the command has found.
 */
function ownerOf(context: Context, { entityType, image }: Entry): string | null {
  const own = context.actor?.userId ?? null;
  if (entityType !== "COURSE_ENTITLEMENT") return own;
  const userId = String(image["userId"]);
  return own === null || maySee(context, { userId, username: null }) ? userId : null;
}

/** A refusal as clients see it. */
export function toUserError({ code, message, details }: Refusal): UserError {
  const field = details.field === undefined ? null : ["input", details.field];
  return { code, message, field, blocker: details.blocker ?? null };
}
