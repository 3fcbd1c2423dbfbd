import { ArrayMaxSize, IsOptional, IsUUID, MaxLength, MinLength, ValidateNested } from "class-validator";
import { ArgsType, Field, ID, InputType } from "type-graphql";
import type { HistorySource } from "../history/historical";
import type { TrackedType } from "../history/tracked-types";
import { PageArgs } from "./connection";
import { HistorySourceEnum, HistoryTypeEnum, TrackedTypeEnum, type HistoryTypeName } from "./history-enums";
import { atMost, length, UUIDS } from "./inputs";
import { DateTimeScalar } from "./scalars";

@InputType({ description: "Which changes to look for; all that is given must hold." })
export class HistoryFilter {
  @Field(() => [TrackedTypeEnum], { nullable: true, description: "Of one of these kinds of object." })
  @IsOptional()
  @ArrayMaxSize(4, atMost(4))
  entityTypes?: TrackedType[] | null;

  @Field(() => [ID], { nullable: true, description: "Of one of these objects, at most 100." })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @IsUUID("all", UUIDS)
  entityIds?: string[] | null;

  @Field(() => [HistoryTypeEnum], { nullable: true, description: "Where one of these happened." })
  @IsOptional()
  @ArrayMaxSize(3, atMost(3))
  types?: HistoryTypeName[] | null;

  @Field(() => [HistorySourceEnum], { nullable: true, description: "By one of these doors." })
  @IsOptional()
  @ArrayMaxSize(5, atMost(5))
  sources?: HistorySource[] | null;

  @Field(() => [String], { nullable: true, description: "By one of these operations, at most 100." })
  @IsOptional()
  @ArrayMaxSize(100, atMost(100))
  @MaxLength(200, { each: true, message: "must hold at most 200 characters each" })
  reasons?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: "By this username, `system` or `database:` and a role.",
  })
  @IsOptional()
  @MinLength(1, length(150))
  @MaxLength(150, length(150))
  changedBy?: string | null;

  @Field(() => String, { nullable: true, description: "In this request." })
  @IsOptional()
  @MinLength(1, length(100))
  @MaxLength(100, length(100))
  requestId?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "At this instant or later." })
  changedFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Before this instant." })
  changedBefore?: Date | null;
}

@ArgsType()
export class HistoryArgs extends PageArgs {
  @Field(() => HistoryFilter, { nullable: true, description: "Only those that match." })
  @IsOptional()
  @ValidateNested()
  filter?: HistoryFilter | null;
}

@ArgsType()
export class AsOfArgs {
  @Field(() => DateTimeScalar, { description: "The instant." })
  at!: Date;
}
