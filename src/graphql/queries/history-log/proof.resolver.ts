import { GraphQLError } from "graphql";
import { IsOptional, Min } from "class-validator";
import { Args, ArgsType, Ctx, Field, FieldResolver, Resolver, Root } from "type-graphql";
import { mayReadAnyone } from "../../../auth/actor";
import { checkpointOf, type SealedCheckpoint } from "../../../proof/sealed/checkpoints";
import { proveEntries, type EntryProof } from "../../../proof/sealed/prove-entry";
import { readPaths } from "../../../proof/sealed/tile-store";
import { consistencyPath } from "../../../proof/tree/paths";
import { badInput } from "../../bad-input";
import { countWork, type Context } from "../../context";
import { maySeeWho } from "../../history";
import { Int64Scalar } from "../../scalars";
import { HistoryEntryView } from "../../types/history-entry";
import { HistoryLogView } from "./history-log";
import { CheckpointView, HistoryProofView } from "./proof";

const SIZE = { message: "must be 0 or more" };

@ArgsType()
class CheckpointArgs {
  @Field(() => Int64Scalar, {
    nullable: true,
    description:
      "The number of changes that the checkpoint to return seals; the newest checkpoint is returned without it.",
  })
  @IsOptional()
  @Min(0, SIZE)
  size?: number | null;
}

@ArgsType()
class ConsistencyArgs {
  @Field(() => Int64Scalar, { description: "The number of changes that the earlier checkpoint seals." })
  @Min(0, SIZE)
  from!: number;

  @Field(() => Int64Scalar, {
    nullable: true,
    description:
      "The number of changes that the later checkpoint seals; those of the newest one unless it is given.",
  })
  @IsOptional()
  @Min(0, SIZE)
  to?: number | null;
}

@Resolver(() => HistoryLogView)
export class SealsResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The key that verifies checkpoints, as `<name>+<id>+<base64>`; null where this server seals nothing. Keep it: a key that is asked for together with a checkpoint proves nothing.",
  })
  publicKey(@Root() _log: HistoryLogView, @Ctx() { app }: Context): string | null {
    return app.sealer?.signer.vkey ?? null;
  }

  @FieldResolver(() => CheckpointView, {
    nullable: true,
    description: "The newest checkpoint of the history, or the one of a size; null where there is none.",
  })
  checkpoint(
    @Root() _log: HistoryLogView,
    @Args() { size }: CheckpointArgs,
    @Ctx() { app }: Context,
  ): Promise<SealedCheckpoint | null> {
    return checkpointOf(app.db, size ?? null);
  }

  @FieldResolver(() => [String], {
    description:
      "The hashes that prove that the history of one size is the beginning of the history of another, in base64 (RFC 9162, section 2.1.4).",
  })
  async consistency(
    @Root() _log: HistoryLogView,
    @Args() { from, to }: ConsistencyArgs,
    @Ctx() { app: { db } }: Context,
  ): Promise<string[]> {
    const sealed = (await checkpointOf(db))?.size ?? 0;
    const until = to ?? sealed;
    if (until > sealed)
      throw badInput("to", `must not be more than ${sealed}, which is how many changes are sealed`);
    if (from > until) throw badInput("from", `must not be more than ${until}`);
    const [path] = await readPaths(db, [consistencyPath(from, until)]);
    return path!.map((hash) => hash.toString("base64"));
  }
}

@Resolver(() => HistoryEntryView)
export class ProofResolver {
  @FieldResolver(() => HistoryProofView, {
    nullable: true,
    description:
      "The proof of the change for others, under the newest checkpoint. The error `NOT_SEALED` says that there is none yet. Null for who may not read all of the change: learners have the proofs of changes of their entitlements that the system or they themselves have made.",
  })
  async proof(@Root() view: HistoryEntryView, @Ctx() context: Context): Promise<EntryProof | null> {
    if (!mayProve(view, context)) return null;
    countWork(context, "look");
    const { app, loaders } = context;
    const newest = loaders.named("newest checkpoint", async (keys) => {
      const checkpoint = await checkpointOf(app.db);
      return keys.map(() => checkpoint);
    });
    const checkpoint = await newest.load("");
    const proofs = loaders.named("proofs", (ids) =>
      checkpoint ? proveEntries(app.db, ids, checkpoint) : Promise.resolve(ids.map(() => null)),
    );
    const proof = await proofs.load(view.id);
    if (proof) return proof;
    throw new GraphQLError(
      checkpoint
        ? `The change is not sealed yet: what counts until ${checkpoint.settledAt.toISOString()} is. Try again in a second.`
        : "No change is sealed yet.",
      { extensions: { code: "NOT_SEALED", sealedUntil: checkpoint?.settledAt ?? null } },
    );
  }
}

/**
 * Whether the actor may read all that the proof of a change tells. It has every column of the row, and who has changed it, in
 * numbers at least: so it is for who may see all of that.
 */
function mayProve({ entry, learnerId }: HistoryEntryView, context: Context): boolean {
  const { actor } = context;
  if (actor && mayReadAnyone(actor)) return true;
  const isOfLearner =
    entry.entityType === "COURSE_ENTITLEMENT" && String(entry.image["userId"]) === learnerId;
  return isOfLearner && maySeeWho(context, entry);
}
