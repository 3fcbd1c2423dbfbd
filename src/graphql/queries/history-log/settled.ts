import { GraphQLError } from "graphql";
import { NotSettled } from "../../../history/committer";
import { badInput } from "../../bad-input";
import type { Context } from "../../context";

/**
 * Waits until no answer as of an instant, the value of an argument, changes any more: once for all objects of a request
 * that are asked for it. A query writes nothing: it is the committer that settles, in transactions of its own. Throws
 * NOT_SETTLED where that takes too long, and BAD_USER_INPUT for an instant in the future.
 */
export async function requireSettled(context: Context, instant: Date, argument: string): Promise<void> {
  const waiting = context.loaders.named(`settled for ${argument}`, (instants) =>
    Promise.all(instants.map((each) => unsettled(context, new Date(each), argument))),
  );
  await waiting.load(instant.toISOString()); // it throws what is an error
}

async function unsettled({ app }: Context, instant: Date, argument: string): Promise<Error | null> {
  try {
    await app.committer.until(instant);
    return null;
  } catch (error) {
    if (!(error instanceof NotSettled)) throw error;
    if (error.isFuture) return badInput(argument, "must not be in the future");
    const until = error.settledUntil;
    return new GraphQLError(
      `What was so at this instant is not settled yet, because changes of it may still be committed. Try again${
        until ? `, or ask for ${until.toISOString()} or earlier` : ""
      }.`,
      { extensions: { code: "NOT_SETTLED", settledUntil: until } },
    );
  }
}
