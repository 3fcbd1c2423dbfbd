import { Field, ID, ObjectType } from "type-graphql";

@ObjectType("User", { description: "A person of the Open edX installation." })
export class UserView {
  @Field(() => ID, { simple: true, description: "The LMS user id." })
  id!: string;

  @Field({ simple: true, description: "The username." })
  username!: string;
}
