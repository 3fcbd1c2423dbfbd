import { ArrayMaxSize, IsOptional, MaxLength, MinLength, ValidateNested } from "class-validator";
import { ArgsType, Field, ID, InputType } from "type-graphql";
import type { HistorySource } from "../history/history-columns";
import type { TrackedType } from "../history/tracked-types";
import { PageArgs } from "./pages/connection";
import { HistorySourceEnum, HistoryTypeEnum, TrackedTypeEnum, type HistoryTypeName } from "./history-enums";
import { atMost, IsText, IsUuids, length, SomeOf } from "./inputs";
import { DateTimeScalar } from "./scalars";

@InputType({ description: "Conditions on changes. A change must meet every condition that is given." })
export class HistoryFilter {
  @Field(() => [TrackedTypeEnum], {
    nullable: true,
    description: "The types of the changed object, of which one must match.",
  })
  @IsOptional()
  @SomeOf(TrackedTypeEnum)
  entityTypes?: TrackedType[] | null;

  @Field(() => [ID], {
    nullable: true,
    description: "The ids of the changed objects, of which one must match; at most 100.",
  })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @IsUuids()
  entityIds?: string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      "The UUIDs of entitlements, of which one must match; at most 100. Changes of their support details and refunds match too.",
  })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @IsUuids()
  entitlementIds?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "The usernames of learners, in upper or lower case, of which one must have or have had the entitlement, or be the support agent; at most 100. Changes of support details, refunds, and of their enrollments and certificates match too.",
  })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @IsText(150, { each: true })
  usernames?: string[] | null;

  @Field(() => [HistoryTypeEnum], {
    nullable: true,
    description: "The kinds of change, of which one must match.",
  })
  @IsOptional()
  @SomeOf(HistoryTypeEnum)
  types?: HistoryTypeName[] | null;

  @Field(() => [HistorySourceEnum], {
    nullable: true,
    description: "The ways in which a change entered the system, of which one must match.",
  })
  @IsOptional()
  @SomeOf(HistorySourceEnum)
  sources?: HistorySource[] | null;

  @Field(() => [String], {
    nullable: true,
    description: "The names of operations, such as `grantEntitlement`, of which one must match; at most 100.",
  })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @MaxLength(200, { each: true, message: "must hold at most 200 characters each" })
  reasons?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The username of the author of the change, in any case, or `system`, or `database:` followed by a database role. A former username is found only as it was written.",
  })
  @IsOptional()
  @MinLength(1, length(150))
  @MaxLength(150, length(150))
  changedBy?: string | null;

  @Field(() => String, { nullable: true, description: "The id of the request that made the change." })
  @IsOptional()
  @MinLength(1, length(100))
  @MaxLength(100, length(100))
  requestId?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The earliest instant of a change, inclusive.",
  })
  changedFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "The latest instant of a change, exclusive." })
  changedBefore?: Date | null;
}

@ArgsType()
export class HistoryArgs extends PageArgs {
  @Field(() => HistoryFilter, {
    nullable: true,
    description: "The conditions on the changes to list; all changes without it.",
  })
  @IsOptional()
  @ValidateNested()
  filter?: HistoryFilter | null;
}

@ArgsType()
export class AsOfArgs {
  @Field(() => DateTimeScalar, { description: "The instant of the state to read." })
  at!: Date;
}
