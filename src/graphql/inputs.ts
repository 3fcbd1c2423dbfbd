import {
  ArrayMaxSize,
  IsOptional,
  IsUUID,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from "class-validator";
import { ArgsType, Field, ID, InputType } from "type-graphql";
import type { EntitlementCriteria, EntitlementOrdering, OrderField } from "../reads/entitlement-search";
import type { Scope } from "../reads/entitlements";
import { PageArgs } from "./pages/connection";
import { EntitlementOrderFieldEnum, EntitlementScopeEnum, OrderDirectionEnum } from "./enums";
import { DateTimeScalar } from "./scalars";

/** The rule of a UUID, as class-validator's option. */
export const UUID = { message: "must be a UUID" };
/** The rule of a list of UUIDs. */
export const UUIDS = { each: true, message: "must hold UUIDs" };
/** The rule of a list of at most `max` items. */
export const atMost = (max: number) => ({ message: `must hold at most ${max}` });
/** The rule of a text of 1 to `max` characters. */
export const length = (max: number) => ({ message: `must have from 1 to ${max} characters` });

/** Holds a character that leaves a trace on paper, being no space, control or filler, and no zero character. */
const TEXT = /^(?=[^]*[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800])[^\0]*$/u;

/** A text of 1 to `max` characters that is not blank, and that PostgreSQL can hold; with `each`, a list of them. */
export function IsText(max: number, { each = false } = {}): PropertyDecorator {
  const message = `must have from 1 to ${max} characters, and not be blank`;
  return (target, property) => {
    MaxLength(max, { message, each })(target, property);
    Matches(TEXT, { message, each })(target, property);
  };
}

@ArgsType()
export class UuidArgs {
  @Field(() => ID, { description: "The UUID of the object." })
  @IsUUID("all", UUID)
  id!: string;
}

@ArgsType()
export class EntitlementArgs {
  @Field(() => ID, { description: "The UUID of the entitlement." })
  @IsUUID("all", UUID)
  id!: string;
}

@ArgsType()
export class UsernameArgs {
  @Field({ description: "The exact username of the account." })
  @MinLength(1, length(150))
  @MaxLength(150, length(150))
  username!: string;
}

@ArgsType()
export class EmailArgs {
  @Field({ description: "The exact e-mail address of the account." })
  @MinLength(1, length(254))
  @MaxLength(254, length(254))
  email!: string;
}

@ArgsType()
export class UserIdArgs {
  @Field(() => ID, { description: "The LMS user id of the account." })
  @Matches(/^[1-9]\d{0,17}$/, { message: "must be a positive whole number" })
  id!: string;
}

@ArgsType()
export class UserEntitlementsArgs extends PageArgs {
  @Field(() => EntitlementScopeEnum, {
    defaultValue: "ACTIVE",
    description: "The part of the learner's entitlements to list.",
  })
  scope!: Scope;
}

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
  @IsUUID("all", UUIDS)
  ids?: string[] | null;

  @Field(() => String, { nullable: true, description: "The exact username of the learner." })
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
  @IsUUID("all", UUIDS)
  courseUuids?: string[] | null;

  @Field(() => String, { nullable: true, description: "The exact number of the shop's order." })
  @IsOptional()
  @MinLength(1, length(128))
  @MaxLength(128, length(128))
  orderNumber?: string | null;

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
