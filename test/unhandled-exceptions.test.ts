import { spawnSync } from "node:child_process";

const PROGRAM = `
  const { pino } = require("pino");
  const { spreadLastNet, unhandledFaults } = require("./dist/src/log");
  spreadLastNet(pino());
  Promise.reject(new TypeError("about \\"ada\\" in a promise"));
  setTimeout(() => { throw new RangeError("in a callback"); }, 1);
  setTimeout(() => { throw undefined; }, 2);
  setTimeout(() => process.stdout.write(JSON.stringify({ counted: unhandledFaults() }) + "\\n"), 50);
`;

test("an exception that no code handles is logged as JSON without its values and counted, and the process continues", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", PROGRAM], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([
    { level: 50, msg: "unhandled", error: { type: "TypeError", message: 'about "…" in a promise' } },
    { level: 50, msg: "unhandled", error: { type: "RangeError", message: "in a callback" } },
    { level: 50, msg: "unhandled", error: { type: "undefined" } },
    { counted: 3 },
  ]);
});
