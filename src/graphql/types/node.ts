import { Field, ID, InterfaceType } from "type-graphql";

@InterfaceType("Node", { description: "What has an id of its own and can be fetched again by it." })
export abstract class Node {
  @Field(() => ID, { simple: true, description: "Its UUID." })
  readonly id!: string;
}
