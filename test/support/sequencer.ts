import { LONG } from "./long-tests";

/** Tells jest in which order to start the test files. */
export default class Sequencer {
  sort<Test extends { path: string }>(tests: readonly Test[]): Test[] {
    return tests.toSorted((one, other) => placeOf(one.path) - placeOf(other.path));
  }

  /** Remembers nothing: the order is always the same. */
  cacheResults(): void {}
}

function placeOf(path: string): number {
  const place = LONG.findIndex((name) => path.endsWith(`dist/test/${name}.test.js`));
  return place < 0 ? LONG.length : place;
}
