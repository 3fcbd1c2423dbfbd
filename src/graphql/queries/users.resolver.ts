import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { countEntitlementsOfUser, entitlementsOfUser } from "../../reads/entitlements";
import { userByEmail, userById, userByUsername, type UserFacts } from "../../reads/users";
import { decodeCursor } from "../connection";
import type { Context } from "../context";
import { createdKey, toEntitlementConnection } from "./entitlements.resolver";
import { EmailArgs, UserEntitlementsArgs, UserIdArgs, UsernameArgs } from "../inputs";
import { CourseEntitlementConnection } from "../types/course-entitlement-connection";
import { UserView } from "../types/user";

@Resolver(() => UserView)
export class UserResolver {
  @Query(() => UserView, {
    nullable: true,
    description: "You, as your token says; null when it has no user id and nobody has your username.",
  })
  viewer(@Ctx() { app, actor }: Context): UserFacts | Promise<UserFacts | null> {
    const { userId, username } = actor!;
    return userId === null ? userByUsername(app.db, username) : { id: userId, username };
  }

  @Query(() => UserView, {
    nullable: true,
    description: "Somebody by username; for support, staff and services.",
  })
  user(@Args() { username }: UsernameArgs, @Ctx() { app }: Context): Promise<UserFacts | null> {
    return userByUsername(app.db, username);
  }

  @Query(() => UserView, {
    nullable: true,
    description: "Somebody by e-mail address; for support and staff.",
  })
  userByEmail(@Args() { email }: EmailArgs, @Ctx() { app }: Context): Promise<UserFacts | null> {
    return userByEmail(app.db, email);
  }

  @Query(() => UserView, { nullable: true, description: "Somebody by LMS user id; for support and staff." })
  userById(@Args() { id }: UserIdArgs, @Ctx() { app }: Context): Promise<UserFacts | null> {
    return userById(app.db, id);
  }

  @FieldResolver(() => CourseEntitlementConnection, { description: "Their entitlements, newest first." })
  async entitlements(
    @Root() { id }: UserView,
    @Args() { scope, first, after }: UserEntitlementsArgs,
    @Ctx() context: Context,
  ): Promise<CourseEntitlementConnection> {
    const { db } = context.app;
    const page = await entitlementsOfUser(db, id, scope, { first, after: decodeCursor(after, "instant") });
    return toEntitlementConnection(page, createdKey, context, () => countEntitlementsOfUser(db, id, scope));
  }
}
