import type { Attack } from "./attacks";
import type { Stage } from "./stage";

/**
 * Attacks a copy, lets the server go on with it, and returns what `history:prove` tells then. Where the server cannot go on
 * either, that comes last.
 */
export function judge(stage: Stage, attack: Attack): Promise<{ faults: string[]; stopped: string | null }> {
  return stage.withCopy(attack.of ?? "newest", async (copy) => {
    await attack.run(copy);
    const stopped = await copy.goOn().then(
      () => null,
      ({ message }: Error) => message,
    );
    return { faults: await copy.faults(), stopped };
  });
}
