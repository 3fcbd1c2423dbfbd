/**
 * What `npm start` does: builds where something has changed, then serves in this very process. The console is built
 * beside it, and its page says so until then.
 */
const { spawn } = require("node:child_process");
const { discardOutdated } = require("./console/build.js");

if (discardOutdated())
  spawn(process.execPath, [require.resolve("./console/build.js")], { stdio: ["ignore", 2, 2] }).unref();
require("./build.js");

process.stderr.write("Starting …\n");

require("./dist/src/main.js");
