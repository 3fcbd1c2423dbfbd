import { Field, ID, ObjectType } from "type-graphql";
import { usersById } from "../../reads/accounts/users";
import type { Context } from "../context";

@ObjectType("User", { description: "A user account of the Open edX installation." })
export class UserView {
  @Field(() => ID, { simple: true, description: "The LMS user id of the account." })
  id!: string;

  @Field({ simple: true, description: "The username of the account." })
  username!: string;
}

/** Loads users by id, once a request. */
export function users({ app, loaders }: Context) {
  return loaders.named("users", (ids) => usersById(app.db, ids));
}
