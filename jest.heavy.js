const all = require("./jest.config.js");
const { HEAVY } = require("./dist/test/support/long-tests.js");

/** What `npm run test:heavy` runs: the heaviest tests, which are not run for what lands. */
module.exports = { ...all, testMatch: HEAVY.map((name) => `**/dist/test/${name}.test.js`) };
