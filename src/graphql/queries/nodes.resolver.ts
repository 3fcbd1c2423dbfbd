import { ArrayMaxSize } from "class-validator";
import { Args, ArgsType, Ctx, Field, ID, Query, Resolver } from "type-graphql";
import type { Context } from "../context";
import { atMost, IsText } from "../inputs";
import { nodesOf } from "../nodes";
import { Node } from "../types/node";

/** As many as a list without pages counts for, whatever it holds. */
const IDS_AT_MOST = 25;

@ArgsType()
class NodeArgs {
  @Field(() => ID, { description: "The id of the object." })
  @IsText(255)
  id!: string;
}

@ArgsType()
class NodesArgs {
  @Field(() => [ID], { description: `The ids of the objects, at most ${IDS_AT_MOST}.` })
  @ArrayMaxSize(IDS_AT_MOST, atMost(IDS_AT_MOST))
  @IsText(255, { each: true })
  ids!: string[];
}

@Resolver()
export class NodesResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      "Returns an object by its id; null when it does not exist or the caller may not see it, such as an entitlement of another learner.",
  })
  async node(@Args() { id }: NodeArgs, @Ctx() context: Context): Promise<Node | null> {
    return (await nodesOf(context, [id]))[0]!;
  }

  @Query(() => [Node], {
    nullable: "itemsAndList",
    description: "Returns objects by their ids, in the order of the ids, each as `node` does.",
  })
  nodes(@Args() { ids }: NodesArgs, @Ctx() context: Context): Promise<(Node | null)[]> {
    return nodesOf(context, ids);
  }
}
