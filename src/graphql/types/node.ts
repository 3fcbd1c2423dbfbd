import { Field, ID, InterfaceType } from "type-graphql";

@InterfaceType("Node", { description: "An object with an id that is unique among the objects of its type." })
export abstract class Node {
  @Field(() => ID, {
    simple: true,
    description: "The id of the object: a UUID, or a whole number for a history entry.",
  })
  readonly id!: string;
}
