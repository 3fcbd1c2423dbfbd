import { Field, ObjectType } from "type-graphql";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import type { PolicyFacts } from "../../reads/policies";
import type { Refund } from "../../entities/refund";
import type { Command } from "../../use-cases/command";
import type { Context } from "../context";
import { Changed, type CommandInput, Payload, payload } from "../payload";
import { CourseEntitlementView, toEntitlement } from "../types/entitlements/course-entitlement";
import { CourseEntitlementPolicyView, toPolicyView } from "../types/policies/course-entitlement-policy";
import { RefundView, toRefundView } from "../types/refunds/refund";

/** Payloads of commands that change one entitlement. */
@ObjectType({ simpleResolvers: true })
export abstract class EntitlementPayload extends Payload {
  @Changed(() => CourseEntitlementView, "entitlement")
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
  @Changed(() => CourseEntitlementPolicyView, "policy")
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
