/** Runs the compiled tests: one compiler for the product and its tests, and stack traces point at the sources. */
module.exports = {
  roots: ["<rootDir>/dist/test"],
  testMatch: ["**/*.test.js"],
  transform: {},
  globalSetup: "<rootDir>/dist/test/support/global-setup.js",
  globalTeardown: "<rootDir>/dist/test/support/global-teardown.js",
  setupFiles: ["reflect-metadata"],
  testTimeout: 30_000,
  maxWorkers: 2,
};
