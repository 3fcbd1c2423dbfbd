/** What `npm start` does: builds where something has changed, then serves in this very process. */
require("./build.js");

process.stderr.write("Starting …\n");

// npm passes a signal on to the shell that runs this script, and many a shell dies of it without telling us.
const shell = process.ppid;
setInterval(() => process.ppid === shell || process.kill(process.pid, "SIGTERM"), 300).unref();

require("./dist/src/main.js");
