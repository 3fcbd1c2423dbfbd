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
import { PageArgs } from "./connection";
import { EntitlementOrderFieldEnum, EntitlementScopeEnum, OrderDirectionEnum } from "./enums";
import { DateTimeScalar } from "./scalars";

export const UUID = { message: "must be a UUID" };
export const UUIDS = { each: true, message: "must hold UUIDs" };
export const atMost = (max: number) => ({ message: `must hold at most ${max}` });
export const length = (max: number) => ({ message: `must have from 1 to ${max} characters` });

/** A text of 1 to `max` characters that is not blank, and that PostgreSQL can hold. */
export function IsText(max: number): PropertyDecorator {
  const message = `must have from 1 to ${max} characters, and not be blank`;
  return (target, property) => {
    MaxLength(max, { message })(target, property);
    Matches(/^[^\0]*[^\0\s][^\0]*$/, { message })(target, property);
  };
}

/** The id of a history entry. */
export const IsHistoryEntryId = (): PropertyDecorator =>
  Matches(/^\d{1,18}$/, { message: "must be the id of a history entry" });

/** A field of commands that two people could give at once: what the caller has seen of what is to change. */
export function SeenHistoryEntry(): PropertyDecorator {
  const description =
    "The newest history entry you have seen; when there is a newer one, the command is refused with CONFLICT.";
  return (target, property) => {
    Field(() => ID, { nullable: true, description })(target, property);
    IsOptional()(target, property);
    IsHistoryEntryId()(target, property);
  };
}

@ArgsType()
export class EntitlementArgs {
  @Field(() => ID, { description: "Its UUID." })
  @IsUUID("all", UUID)
  id!: string;
}

@ArgsType()
export class UsernameArgs {
  @Field({ description: "The username, exactly." })
  @MinLength(1, length(150))
  @MaxLength(150, length(150))
  username!: string;
}

@ArgsType()
export class EmailArgs {
  @Field({ description: "The e-mail address, exactly." })
  @MinLength(1, length(254))
  @MaxLength(254, length(254))
  email!: string;
}

@ArgsType()
export class UserIdArgs {
  @Field(() => ID, { description: "The LMS user id." })
  @Matches(/^[1-9]\d{0,17}$/, { message: "must be a positive whole number" })
  id!: string;
}

@ArgsType()
export class UserEntitlementsArgs extends PageArgs {
  @Field(() => EntitlementScopeEnum, { defaultValue: "ACTIVE", description: "Which of them." })
  scope!: Scope;
}

@InputType({ description: "What to look for; all that is given must hold." })
export class EntitlementFilter implements EntitlementCriteria {
  @Field(() => [ID], { nullable: true, description: "One of these entitlements, at most 100." })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @IsUUID("all", UUIDS)
  ids?: string[] | null;

  @Field(() => String, { nullable: true, description: "The learner's username, exactly." })
  @IsOptional()
  @MinLength(1, length(150))
  @MaxLength(150, length(150))
  username?: string | null;

  @Field(() => [ID], { nullable: true, description: "One of these courses, at most 100." })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @IsUUID("all", UUIDS)
  courseUuids?: string[] | null;

  @Field(() => String, { nullable: true, description: "The shop's order, exactly." })
  @IsOptional()
  @MinLength(1, length(128))
  @MaxLength(128, length(128))
  orderNumber?: string | null;

  @Field(() => String, { nullable: true, description: "The course mode, exactly." })
  @IsOptional()
  @MinLength(1, length(100))
  @MaxLength(100, length(100))
  mode?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it is stored as expired." })
  isExpired?: boolean | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Created at this instant or later." })
  createdFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Created before this instant." })
  createdBefore?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: "Part of the course UUID or of the run's key; needs `username`.",
  })
  @IsOptional()
  @MinLength(1, length(255))
  @MaxLength(255, length(255))
  search?: string | null;
}

@InputType({ description: "How to sort entitlements." })
export class EntitlementOrder implements EntitlementOrdering {
  @Field(() => EntitlementOrderFieldEnum, { description: "By what." })
  field!: OrderField;

  @Field(() => OrderDirectionEnum, { defaultValue: "DESC", description: "Which end first." })
  direction!: "ASC" | "DESC";
}

@ArgsType()
export class EntitlementsArgs extends PageArgs {
  @Field(() => EntitlementFilter, { nullable: true, description: "Only those that match." })
  @IsOptional()
  @ValidateNested()
  filter?: EntitlementFilter | null;

  @Field(() => EntitlementOrder, { nullable: true, description: "The order; newest first unless given." })
  @IsOptional()
  @ValidateNested()
  orderBy?: EntitlementOrder | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "As they were at this instant, policies and decisions with them; now unless given.",
  })
  asOf?: Date | null;
}
