/** Runs each script of package.json that begins with `check:`, as many at a time as there are processor cores. */
const { spawn } = require("node:child_process");
const { availableParallelism } = require("node:os");
const { scripts } = require("./package.json");

/** Runs a script, and prints what it says once it has failed, so that the words of several do not mix. */
function run(name) {
  return new Promise((resolve) => {
    let said = "";
    const child = spawn(scripts[name], { shell: true, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (said += part));
    child.on("close", (code) => {
      if (code !== 0) {
        process.exitCode = 1;
        process.stdout.write(`npm run ${name} failed:\n${said}\n`);
      }
      resolve();
    });
  });
}

async function work(names) {
  for (let next = names.shift(); next; next = names.shift()) await run(next);
}

const waiting = Object.keys(scripts).filter((name) => name.startsWith("check:"));
for (let worker = 0; worker < availableParallelism(); worker++) void work(waiting);
