import { IsIn, IsOptional, IsUUID, MaxLength } from "class-validator";
import { Field, ID, InputType } from "type-graphql";
import { POLICY_MODES } from "../../entities/course-entitlement-policy";
import type { Periods } from "../../rules/entitlement-rules";
import { badInput } from "../bad-input";
import { IsText, length, SeenHistoryEntry, UUID } from "../inputs";
import { DurationScalar, fromDuration } from "../scalars";

/** A field for a period of a policy. */
function Period(description: string): PropertyDecorator {
  return (target, property) => {
    Field(() => DurationScalar, { nullable: true, description })(target, property);
    MaxLength(32, length(32))(target, property);
  };
}

/** The periods of a policy, in whole days. */
@InputType()
abstract class PeriodsInput {
  @Period("Until an entitlement expires; whole days.")
  expirationPeriod?: string | null;

  @Period("Until the refund ends; whole days.")
  refundPeriod?: string | null;

  @Period("Until the run is final; whole days.")
  regainPeriod?: string | null;
}

@InputType({ description: "Whose entitlements last how long; the default stands in for what is not given." })
export class CreateEntitlementPolicyInput extends PeriodsInput {
  @Field(() => String, {
    nullable: true,
    description: "`verified`, or `professional` for both professional modes; any unless given.",
  })
  @IsOptional()
  @IsIn(POLICY_MODES, { message: `must be one of ${POLICY_MODES.join(", ")}` })
  mode?: string | null;

  @Field(() => String, { nullable: true, description: "The host of a site; any unless given." })
  @IsOptional()
  @IsText(100)
  siteDomain?: string | null;
}

@InputType({ description: "What to change of a policy; what is not given stays as it is." })
export class UpdateEntitlementPolicyInput extends PeriodsInput {
  @Field(() => ID, { description: "The policy." })
  @IsUUID("all", UUID)
  policyId!: string;

  @Field(() => Boolean, { nullable: true, description: "Whether new entitlements no longer get it." })
  isRetired?: boolean | null;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

@InputType({ description: "Which policy to delete." })
export class DeleteEntitlementPolicyInput {
  @Field(() => ID, { description: "The policy." })
  @IsUUID("all", UUID)
  policyId!: string;

  @SeenHistoryEntry()
  expectedHistoryEntryId?: string | null;
}

/** The periods that are given, in milliseconds. */
export function periodsOf({ expirationPeriod, refundPeriod, regainPeriod }: PeriodsInput): Partial<Periods> {
  const given = { expirationPeriod, refundPeriod, regainPeriod };
  const periods = Object.entries(given).flatMap(([name, duration]) => {
    if (duration === undefined || duration === null) return [];
    const ms = fromDuration(duration);
    if (ms === null) throw badInput(`input.${name}`, "must have a fixed length, without months and years");
    return [[name.replace("Period", "Ms"), ms]];
  });
  return Object.fromEntries(periods) as Partial<Periods>;
}
