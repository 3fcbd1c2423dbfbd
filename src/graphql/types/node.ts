import { Field, ID, InterfaceType } from "type-graphql";

@InterfaceType("Node", {
  description: "An object with an id that is unique among all objects, by which `node` returns it again.",
})
export abstract class Node {
  @Field(() => ID, {
    simple: true,
    description:
      "The id of the object: a UUID, a whole number for a history entry, the key of a run, or `default` for the default policy.",
  })
  readonly id!: string;
}
