/** Runs the compiled tests: one compiler for the product and its tests, and stack traces point at the sources. */
module.exports = {
  roots: ["<rootDir>/dist/test"],
  testMatch: ["**/*.test.js"],
  transform: {},
  globalSetup: "<rootDir>/dist/test/support/global-setup.js",
  globalTeardown: "<rootDir>/dist/test/support/global-teardown.js",
  runtime: "<rootDir>/dist/test/support/warm-runtime.js",
  testEnvironment: "<rootDir>/dist/test/support/warm-environment.js",
  testSequencer: "<rootDir>/dist/test/support/sequencer.js",
  testTimeout: 120_000, // a busy machine takes many times as long
  maxWorkers: 3, // on two processor cores: many tests mostly wait
  maxConcurrency: 2,
  workerGracefulExitTimeout: 10_000, // a look at an LMS that has been closed is tried again until its deadline
};
