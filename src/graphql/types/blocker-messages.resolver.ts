import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Messages } from "../../messages/catalog";
import type { RefusalCode } from "../../refusal";
import type { Context } from "../context";
import { UserError } from "../payload";
import { SessionView } from "./entitlements/session";

const Message = () =>
  FieldResolver(() => String, {
    nullable: true,
    description:
      "The reason of `blocker` as a sentence for the learner, in the language of `Accept-Language` where there is a translation; null without a blocker.",
  });

/** The question that a refusal with a blocker answers. */
const QUESTIONS: Partial<Record<RefusalCode, keyof Messages>> = {
  ENTITLEMENT_NOT_REDEEMABLE: "redeem",
  ENTITLEMENT_NOT_REGAINABLE: "regain",
  ENTITLEMENT_NOT_REFUNDABLE: "refund",
  COURSE_RUN_NOT_AVAILABLE: "session",
};

@Resolver(() => SessionView)
export class SessionMessageResolver {
  @Message()
  blockerMessage(@Root() { blocker }: SessionView, @Ctx() { messages }: Context): string | null {
    return blocker && messages.session[blocker];
  }
}

@Resolver(() => UserError)
export class UserErrorMessageResolver {
  @Message()
  blockerMessage(@Root() { code, blocker }: UserError, @Ctx() { messages }: Context): string | null {
    const question = QUESTIONS[code];
    const told: Partial<Record<string, string>> = question ? messages[question] : {};
    return (blocker !== null && told[blocker]) || null;
  }
}
