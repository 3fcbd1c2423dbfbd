import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from "type-graphql";
import { rolesOf, type Role } from "../../auth/actor";
import { permissionsFor } from "../../auth/permissions";
import { countEntitlementsOfUser, entitlementsOfUser } from "../../reads/entitlements";
import { userByEmail, userById, userByUsername, userNamed, type UserFacts } from "../../reads/accounts/users";
import { isCaller, timeOf, type Context } from "../context";
import { Cursors } from "../pages/cursors";
import { RoleEnum } from "../enums";
import { EmailArgs, UserEntitlementsArgs, UserIdArgs, UsernameArgs } from "../inputs";
import { permissionsOf } from "../permissions";
import { connectionOf, createdKey, type List } from "../pages/connection";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { CourseEntitlementView, toEntitlement } from "../types/entitlements/course-entitlement";
import { CourseEntitlementConnection } from "../types/entitlements/course-entitlement-connection";
import { UserView } from "../types/user";

const ENTITLEMENTS = new Cursors("User.entitlements.CREATED_AT.DESC", "instant");

@Resolver(() => UserView)
export class UserResolver {
  @Query(() => UserView, {
    nullable: true,
    description:
      "Returns the account of the caller, as the token names it; null when the token has no user id and no account has its username.",
  })
  viewer(@Ctx() { app, actor }: Context): UserFacts | Promise<UserFacts | null> {
    const { userId, username } = actor!;
    return userId === null ? userByUsername(app.db, username) : { id: userId, username };
  }

  @Query(() => UserView, {
    nullable: true,
    description:
      "Returns an account by its username, in upper or lower case if no other differs in case alone; null when there is none. For support, staff, services and auditors.",
  })
  user(@Args() { username }: UsernameArgs, @Ctx() { app }: Context): Promise<UserFacts | null> {
    return userNamed(app.db, username);
  }

  @Query(() => UserView, {
    nullable: true,
    description:
      "Returns an account by its e-mail address, in upper or lower case, the oldest one when several share it; null when there is none, or when the addresses of accounts are not stored. For support, staff and auditors.",
  })
  userByEmail(@Args() { email }: EmailArgs, @Ctx() { app }: Context): Promise<UserFacts | null> {
    return userByEmail(app.db, email);
  }

  @Query(() => UserView, {
    nullable: true,
    description:
      "Returns an account by its LMS user id; null when there is none. For support, staff, services and auditors.",
  })
  userById(@Args() { id }: UserIdArgs, @Ctx() { app }: Context): Promise<UserFacts | null> {
    return userById(app.db, id);
  }

  @FieldResolver(() => [RoleEnum], {
    nullable: true,
    description:
      "The roles of the account, the most powerful first; null for an account other than the caller's.",
  })
  roles(@Root() user: UserFacts, @Ctx() { actor }: Context): Role[] | null {
    return isCaller(user, actor) ? rolesOf(actor!) : null;
  }

  @FieldResolver(() => [String], {
    nullable: true,
    description:
      "The permissions of the account, such as `Query.history`, `Mutation.grantEntitlement` or `Refund.detail`: every root field that it may ask for, and of the other fields those that are not for everyone. A client can leave out the rest with `@include`. Null for an account other than the caller's.",
  })
  permissions(
    @Root() user: UserFacts,
    @Ctx() { actor }: Context,
    @Info() { schema }: GraphQLResolveInfo,
  ): string[] | null {
    return isCaller(user, actor) ? permissionsFor(permissionsOf(schema), actor!) : null;
  }

  @FieldResolver(() => CourseEntitlementConnection, {
    description: "The entitlements of the account, the newest first.",
  })
  async entitlements(
    @Root() { id }: UserView,
    @Args() { scope, courseUuid = null, ...page }: UserEntitlementsArgs,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementConnection> {
    const { app } = context;
    const { db } = app;
    app.pages.note(app, id);
    const shelf = { userId: id, scope, courseUuid };
    const time = timeOf(context);
    const list: List<EntitlementFacts, CourseEntitlementView> = {
      cursors: ENTITLEMENTS,
      keyOf: createdKey,
      toNode: (facts) => toEntitlement(context, facts),
      read: (request) => entitlementsOfUser(db, shelf, request, time),
    };
    const count = () => countEntitlementsOfUser(db, shelf, time);
    return { ...(await connectionOf(list, page)), count };
  }
}
