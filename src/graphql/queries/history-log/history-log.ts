import { Field, ObjectType } from "type-graphql";
import { connectionType } from "../../pages/connection";
import { DateTimeScalar, Int64Scalar } from "../../scalars";
import { HistoryEntryView } from "../../types/history-entry";

const Base = connectionType("LogEntry", HistoryEntryView);

@ObjectType("LogEntryConnection", {
  description: "Settled changes after a position, in the order of their commits.",
  simpleResolvers: true,
})
export class LogEntryConnection extends Base {
  @Field(() => Int64Scalar, {
    description:
      "The position to go on from, as `after` of the next request: everything up to there was looked at.",
  })
  next!: number;
}

@ObjectType("HistoryLog", {
  description:
    "All committed changes in the order of their commits. It only grows at its end, and never changes.",
  simpleResolvers: true,
})
export class HistoryLogView {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The instant up to which no answer changes any more; null before the first change.",
  })
  settledUntil!: Date | null;

  @Field(() => Int64Scalar, {
    description: "The number of settled changes, which is the position of the next one.",
  })
  size!: number;
}
