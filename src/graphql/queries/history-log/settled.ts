import { GraphQLError } from "graphql";
import type { App } from "../../../app";
import { NotSettled } from "../../../history/committer";
import { factsOfEntries, type FactsOfEntry } from "../../../reads/finding/states-of-entries";
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

/** What an entry shows is read as of the instant from which it counts, which has to be settled. */
export async function settledFactsOf(app: App, ids: readonly string[]): Promise<(FactsOfEntry | null)[]> {
  const found = await factsOfEntries(app.db, ids);
  if (found.every((facts) => facts === null || facts.isSettled)) return found;
  await app.committer.settle();
  return factsOfEntries(app.db, ids);
}
