import { HEAVY, LONG } from "./long-tests";

/** Says at the end which tests were left out, so that nobody takes them for passed. */
export default class LeftOut {
  onRunComplete(): void {
    process.stderr.write(
      `Not run: ${LONG.length} test files that take long (npm run test:long), and the ${HEAVY.length} heaviest (npm run test:heavy).\n`,
    );
  }
}
