import {
  ArrayMaxSize,
  IsOptional,
  isUUID,
  Matches,
  MaxLength,
  MinLength,
  registerDecorator,
  type ValidationArguments,
} from "class-validator";
import { ArgsType, Field, ID, InputType } from "type-graphql";
import type { Scope } from "../reads/entitlements";
import { TEXT } from "../store/texts";
import { PageArgs } from "./pages/connection";
import { EntitlementScopeEnum } from "./enums";
import { LMS_USER_ID } from "../rules/accounts/retired-names";

/**
 * A UUID, or a list of them: in letters of any case, which become small, as they are stored. What they are compared with in
 * memory is then the same.
 */
export function IsUuid(message = "must be a UUID"): PropertyDecorator {
  return ({ constructor: target }, property) => {
    const validate = (value: unknown, args: ValidationArguments) => {
      const ids: unknown[] = Array.isArray(value) ? value : [value];
      if (!ids.every((id) => isUUID(id))) return false;
      const small = ids.map((id) => (id as string).toLowerCase());
      return Reflect.set(args.object, args.property, Array.isArray(value) ? small : small[0]);
    };
    registerDecorator({
      name: "isUuid",
      target,
      propertyName: String(property),
      constraints: [],
      options: { message },
      validator: { validate },
    });
  };
}
/** A list of UUIDs. */
export const IsUuids = () => IsUuid("must hold UUIDs");
/** The rule of a list of at most `max` items. */
export const atMost = (max: number) => ({ message: `must hold at most ${max}` });
/** A list of values of an enum, as many as there are at most. */
export const SomeOf = (values: object): PropertyDecorator => {
  const { length: max } = Object.keys(values);
  return ArrayMaxSize(max, atMost(max));
};
/** The rule of a text of 1 to `max` characters. */
export const length = (max: number) => ({ message: `must have from 1 to ${max} characters` });

/** A text of 1 to `max` characters that is not blank, and that PostgreSQL can hold; with `each`, a list of them. */
export function IsText(max: number, { each = false } = {}): PropertyDecorator {
  const message = `must have from 1 to ${max} characters, and not be blank`;
  return (target, property) => {
    MaxLength(max, { message, each })(target, property);
    Matches(TEXT, { message, each })(target, property);
  };
}

/** The conditions that lists of parts of entitlements, such as refunds, share. */
@InputType()
export abstract class EntitlementPartFilter {
  @Field(() => ID, { nullable: true, description: "The UUID of the entitlement." })
  @IsOptional()
  @IsUuid()
  entitlementId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The username of the learner, in upper or lower case.",
  })
  @IsOptional()
  @IsText(150)
  username?: string | null;
}

@ArgsType()
export class UuidArgs {
  @Field(() => ID, { description: "The UUID of the object." })
  @IsUuid()
  id!: string;
}

@ArgsType()
export class EntitlementArgs {
  @Field(() => ID, { description: "The UUID of the entitlement." })
  @IsUuid()
  id!: string;
}

@ArgsType()
export class UsernameArgs {
  @Field({ description: "The username of the account, in upper or lower case." })
  @MinLength(1, length(150))
  @MaxLength(150, length(150))
  username!: string;
}

@ArgsType()
export class EmailArgs {
  @Field({ description: "The e-mail address of the account, in upper or lower case." })
  @MinLength(1, length(254))
  @MaxLength(254, length(254))
  email!: string;
}

@ArgsType()
export class UserIdArgs {
  @Field(() => ID, { description: "The LMS user id of the account." })
  @Matches(LMS_USER_ID, { message: "must be a positive whole number" })
  id!: string;
}

@ArgsType()
export class UserEntitlementsArgs extends PageArgs {
  @Field(() => EntitlementScopeEnum, {
    defaultValue: "ACTIVE",
    description: "The part of the learner's entitlements to list.",
  })
  scope!: Scope;

  @Field(() => ID, {
    nullable: true,
    description: "The UUID of the course of the entitlements; all courses without it.",
  })
  @IsOptional()
  @IsUuid()
  courseUuid?: string | null;
}
