import { ArrayMaxSize, IsOptional, MaxLength, MinLength, ValidateIf, ValidateNested } from "class-validator";
import { ArgsType, Field, ID, InputType } from "type-graphql";
import type { EntitlementCriteria } from "../../reads/entitlement-search";
import type { EntitlementOrdering, OrderField } from "../../reads/finding/entitlement-order";
import type { EntitlementState } from "../../rules/entitlement-state";
import { EntitlementOrderFieldEnum, EntitlementStateEnum, OrderDirectionEnum } from "../enums";
import { atMost, IsText, IsUuid, IsUuids, length, SomeOf } from "../inputs";
import { PageArgs } from "../pages/connection";
import { DateTimeScalar } from "../scalars";

@InputType({
  description: "Conditions on entitlements. An entitlement must meet every condition that is given.",
})
export class EntitlementFilter implements EntitlementCriteria {
  @Field(() => [ID], {
    nullable: true,
    description: "The UUIDs of entitlements, of which one must match; at most 100.",
  })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @IsUuids()
  ids?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: "The username of the learner, in upper or lower case.",
  })
  @IsOptional()
  @MinLength(1, length(150))
  @MaxLength(150, length(150))
  username?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description: "The UUIDs of courses, of which one must match; at most 100.",
  })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @IsUuids()
  courseUuids?: string[] | null;

  @Field(() => String, { nullable: true, description: "The exact number of the shop's order." })
  @IsOptional()
  @MinLength(1, length(128))
  @MaxLength(128, length(128))
  orderNumber?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: "The exact numbers of orders of the shop, of which one must match; at most 100.",
  })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @IsText(128, { each: true })
  orderNumbers?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: "The exact name of the course mode, such as `verified`.",
  })
  @IsOptional()
  @MinLength(1, length(100))
  @MaxLength(100, length(100))
  mode?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the entitlement has expired, as its field `isExpired` says: also when its expiry is due but not yet stored.",
  })
  isExpired?: boolean | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The earliest instant of creation, inclusive.",
  })
  createdFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "The latest instant of creation, exclusive." })
  createdBefore?: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      "A part of the course UUID or of the key of the run, in upper or lower case; requires `username`.",
  })
  @IsOptional()
  @MinLength(1, length(255))
  @MaxLength(255, length(255))
  search?: string | null;

  @Field(() => [EntitlementStateEnum], {
    nullable: true,
    description:
      "The states of the entitlement, as `state` tells them at the instant of the list, of which one must match.",
  })
  @IsOptional()
  @SomeOf(EntitlementStateEnum)
  states?: EntitlementState[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "The UUID of the policy; `default` for entitlements to which the default policy applies.",
  })
  @IsOptional()
  @ValidateIf((_, id) => id !== "default")
  @IsUuid("must be a UUID, or default")
  policyId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The exact key of the course: organization and number, such as `DemoX+T101`.",
  })
  @IsOptional()
  @IsText(255)
  courseKey?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant before which the entitlement expires if nothing else happens, exclusive: `expiresAt` is earlier.",
  })
  expiringBefore?: Date | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a refund of the order is pending: requested, in doubt or in review.",
  })
  isRefundPending?: boolean | null;
}

@InputType({ description: "The order of a list of entitlements." })
export class EntitlementOrder implements EntitlementOrdering {
  @Field(() => EntitlementOrderFieldEnum, { description: "The value by which the entitlements are sorted." })
  field!: OrderField;

  @Field(() => OrderDirectionEnum, { defaultValue: "DESC", description: "The direction of the order." })
  direction!: "ASC" | "DESC";
}

@ArgsType()
export class EntitlementsArgs extends PageArgs {
  @Field(() => EntitlementFilter, {
    nullable: true,
    description: "The conditions on the entitlements to list; all entitlements without it.",
  })
  @IsOptional()
  @ValidateNested()
  filter?: EntitlementFilter | null;

  @Field(() => EntitlementOrder, {
    nullable: true,
    description: "The order of the list; without it, the newest entitlement comes first.",
  })
  @IsOptional()
  @ValidateNested()
  orderBy?: EntitlementOrder | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant whose state is listed, with the policies and refunds of that instant; without it, the present state is listed.",
  })
  asOf?: Date | null;
}
