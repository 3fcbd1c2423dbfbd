const all = require("./jest.config.js");
const { HEAVY, LONG } = require("./dist/test/support/long-tests.js");

/** What `npm test` runs: all tests but the long ones, and a line that says so. */
module.exports = {
  ...all,
  testPathIgnorePatterns: [...LONG, ...HEAVY].map((name) => `/dist/test/${name}\\.test\\.js$`),
  reporters: ["default", "<rootDir>/dist/test/support/left-out.js"],
};
