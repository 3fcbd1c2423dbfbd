import NodeEnvironment from "jest-environment-node";

let warm: NodeEnvironment | undefined;

/** One set of globals for all test files of a jest worker, which the modules that they share were loaded with. */
export default function environment(
  ...given: ConstructorParameters<typeof NodeEnvironment>
): NodeEnvironment {
  return (warm ??= new LastingEnvironment(...given));
}

class LastingEnvironment extends NodeEnvironment {
  /** Resets only the clock. */
  override teardown(): Promise<void> {
    this.fakeTimersModern?.useRealTimers();
    return Promise.resolve();
  }
}
