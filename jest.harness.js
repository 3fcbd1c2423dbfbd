const all = require("./jest.config.js");
const { HARNESS } = require("./dist/test/support/long-tests.js");

/** What `npm run test:harness` runs: that the harness of faults finds bugs which are planted in the product. */
module.exports = { ...all, testMatch: HARNESS.map((name) => `**/dist/test/${name}.test.js`) };
