const all = require("./jest.config.js");
const { LONG } = require("./dist/test/support/long-tests.js");

/** What `npm run test:long` runs: the tests that `npm test` leaves out. */
module.exports = { ...all, testMatch: LONG.map((name) => `**/dist/test/${name}.test.js`) };
