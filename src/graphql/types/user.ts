import { Field, ID, ObjectType } from "type-graphql";

@ObjectType("User", { description: "A user account of the Open edX installation." })
export class UserView {
  @Field(() => ID, { simple: true, description: "The LMS user id of the account." })
  id!: string;

  @Field({ simple: true, description: "The username of the account." })
  username!: string;
}
