import { Field, ObjectType } from "type-graphql";
import { DateTimeScalar, Int64Scalar } from "../../scalars";

@ObjectType("Checkpoint", {
  description:
    "A seal of the history up to some size: whoever keeps one sees later whether anything in it was changed.",
  simpleResolvers: true,
})
export class CheckpointView {
  @Field(() => Int64Scalar, { description: "The number of changes that the checkpoint seals." })
  size!: number;

  @Field(() => DateTimeScalar, { description: "The instant from which the last of these changes counts." })
  settledAt!: Date;

  @Field({
    description:
      "The signed text, in the format of C2SP `tlog-checkpoint`: the name of the history, its size and the root of its hashes, with the cosignatures of witnesses.",
  })
  note!: string;
}

@ObjectType("Opening", {
  description:
    "A key to a value that the text of a proof has only as a hash, because it names a user or is about one.",
  simpleResolvers: true,
})
export class OpeningView {
  @Field({ description: "The name of the column." })
  field!: string;

  @Field({ description: "The salt, in hex. It opens this value of this change alone." })
  salt!: string;

  @Field({ description: "The value that was hashed." })
  value!: string;
}

@ObjectType("HistoryProof", {
  description:
    "A proof of a change for others, who need no access to this server. Ask for all its fields and save the object as a file: `history:check-proof` checks it.",
  simpleResolvers: true,
})
export class HistoryProofView {
  @Field({
    description: "The text of the change that was hashed: its columns in the canonical JSON of RFC 8785.",
  })
  leaf!: string;

  @Field(() => Int64Scalar, { description: "The place of the change among all changes, from 0." })
  position!: number;

  @Field(() => [String], {
    description:
      "The hashes beside the way from the change to the root of the tree, in base64 (RFC 9162, section 2.1.3).",
  })
  hashes!: string[];

  @Field(() => CheckpointView, { description: "The checkpoint under which the change is proven." })
  checkpoint!: CheckpointView;

  @Field(() => [OpeningView], { description: "The keys to the names and words in the change." })
  openings!: OpeningView[];
}
