import NodeEnvironment from "jest-environment-node";

let warm: NodeEnvironment | undefined;

/** One set of globals for all test files of a jest worker, which the modules that they share were loaded with. */
export default function environment(
  ...given: ConstructorParameters<typeof NodeEnvironment>
): NodeEnvironment {
  return (warm ??= new LastingEnvironment(...given));
}

/**
 * What jest keeps among the globals for one test file. Listeners to its events would stay for all later files: each
 * later test would be told to them too, and take longer with every file before it.
 */
const OF_ONE_FILE = new Set(["EVENT_HANDLERS", "JEST_STATE_SYMBOL"]);

class LastingEnvironment extends NodeEnvironment {
  /** Resets only the clock, and what jest keeps for one test file. */
  override teardown(): Promise<void> {
    this.fakeTimersModern?.useRealTimers();
    const { global } = this;
    for (const symbol of Object.getOwnPropertySymbols(global))
      if (OF_ONE_FILE.has(symbol.description!)) {
        const kept = Reflect.get(global, symbol) as object;
        for (const name of Object.keys(kept)) Reflect.deleteProperty(kept, name); // something else may still hold it
        Reflect.deleteProperty(global, symbol);
      }
    return Promise.resolve();
  }
}
