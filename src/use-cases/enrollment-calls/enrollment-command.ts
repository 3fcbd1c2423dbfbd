import type { EntityManager } from "typeorm";
import type { Who } from "../../auth/who";
import type { EnrollmentRefusal } from "../../gateways/open-edx/enrollment-gateway";
import type { EntitlementFacts } from "../../reads/entitlement-facts";
import { Refusal } from "../../refusal";
import { act, commandInSteps, type Before, type Command, type CommandRequest } from "../command";
import { reread } from "./reread";

/**
 * Declares a command that is one transaction and enrolls a learner. Where the LMS holds the enrollments, it is asked
 * after the transaction, and the result is the entitlement as it is then. Rejects with Refusal when the LMS refuses.
 */
export function enrollmentCommand<Input, Result extends EntitlementFacts | null>(
  name: string,
  who: Who,
  work: (tx: EntityManager, request: CommandRequest, input: Input) => Promise<Result>,
  before: Before<Input>,
): Command<Input, Result> {
  const enroll = async (request: CommandRequest, input: Input) => {
    const result = await act(request, (tx) => work(tx, request, input));
    refuseIfLmsDid(request);
    return result && ((await reread(request, result)) as Result);
  };
  return commandInSteps(name, who, enroll, before);
}

function refuseIfLmsDid({ calls }: CommandRequest): void {
  const refused = calls?.find(({ state, mayEnroll }) => state === "REFUSED" && mayEnroll);
  if (!refused) return;
  const field = { field: "courseRunKey" };
  if (refused.detail === "HELD_OTHERWISE")
    throw new Refusal(
      "ALREADY_ENROLLED_IN_PAID_MODE",
      "The learner is already enrolled in this run in a mode that this entitlement has not paid for.",
      field,
    );
  throw new Refusal("ENROLLMENT_REFUSED", MESSAGES[refused.detail as keyof typeof MESSAGES], field);
}

const MESSAGES: Record<Exclude<EnrollmentRefusal, "HELD_OTHERWISE">, string> = {
  NOT_ALLOWED: "The LMS does not enroll the learner in this run.",
  USER_UNKNOWN: "The LMS does not know the learner.",
  RUN_UNKNOWN: "The LMS does not know this run.",
};
