import { GraphQLError } from "graphql";
import { NotSettled } from "../../../history/committer";
import { badInput } from "../../bad-input";
import type { Context } from "../../context";

/**
 * Waits until no answer as of an instant, the value of an argument, changes any more. A query writes nothing: it is the
 * committer that settles, in transactions of its own. Throws NOT_SETTLED where that takes too long, and BAD_USER_INPUT for an
 * instant in the future.
 */
export async function requireSettled({ app }: Context, instant: Date, argument: string): Promise<void> {
  try {
    await app.committer.until(instant);
  } catch (error) {
    if (!(error instanceof NotSettled)) throw error;
    if (error.isFuture) throw badInput(argument, "must not be in the future");
    const until = error.settledUntil;
    throw new GraphQLError(
      `What was so at this instant is not settled yet, because changes of it may still be committed. Try again${
        until ? `, or ask for ${until.toISOString()} or earlier` : ""
      }.`,
      { extensions: { code: "NOT_SETTLED", settledUntil: until } },
    );
  }
}
