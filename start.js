/** What `npm start` does: builds, then serves in this very process. */
const { spawnSync } = require("node:child_process");

const { status } = spawnSync(
  process.execPath,
  [`${__dirname}/node_modules/typescript/bin/tsc`, "-p", __dirname],
  {
    stdio: "inherit",
  },
);
if (status !== 0) process.exit(status ?? 1);

// npm passes a signal on to the shell that runs this script, and many a shell dies of it without telling us.
const shell = process.ppid;
setInterval(() => process.ppid === shell || process.kill(process.pid, "SIGTERM"), 300).unref();

require("./dist/src/main.js");
