import { Field, ID, ObjectType } from "type-graphql";
import type { EntitlementFacts } from "../../../reads/entitlement-facts";
import { isStale } from "../../../rules/lms/freshness-rules";
import { DateTimeScalar } from "../../scalars";

@ObjectType("Freshness", {
  description:
    "The instants at which the LMS and its catalog last told what an entitlement shows of them. All are null when this service itself holds the enrollments.",
  simpleResolvers: true,
})
export class FreshnessView {
  @Field(() => ID, { description: "The UUID of the entitlement." })
  id!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which the LMS last told of the enrollment; null when it never has, and when there is no enrollment.",
  })
  enrollmentSeenAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which the LMS or its catalog last told of the run of the enrollment; null when neither ever has, and when there is no enrollment.",
  })
  runSeenAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The instant at which the LMS last told of the certificate for that run, or that there is none; null when it never has, and when there is no enrollment.",
  })
  certificateSeenAt!: Date | null;

  @Field({
    description:
      "Whether any of it is older than it should be: the enrollment than 5 minutes, the certificate than 10 minutes, or the run than an hour. It is then asked for again in the background. False when there is no enrollment.",
  })
  isStale!: boolean;
}

/** How old is what an entitlement shows of other systems, where there are any. */
export function toFreshness({ id, enrollment }: EntitlementFacts, hasLms: boolean, now: Date): FreshnessView {
  if (!enrollment || !hasLms)
    return { id, enrollmentSeenAt: null, runSeenAt: null, certificateSeenAt: null, isStale: false };
  const { seenAt: enrollmentSeenAt, certificateSeenAt, run } = enrollment;
  const told = { enrollmentSeenAt, runSeenAt: run?.seenAt ?? null, certificateSeenAt };
  return { id, ...told, isStale: isStale(told, now) };
}
