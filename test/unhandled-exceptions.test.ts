import { spawnSync } from "node:child_process";

const PROGRAM = `
  const { pino } = require("pino");
  const { spreadLastNet, unhandledFaults } = require("./dist/src/log");
  spreadLastNet(pino());
  Promise.reject(new TypeError("about \\"ada\\" in a promise"));
  const tell = () => process.stdout.write(JSON.stringify({ counted: unhandledFaults() }) + "\\n");
  const throwNothing = () => { setTimeout(tell); throw undefined; };
  setTimeout(() => { setTimeout(throwNothing); throw new RangeError("in a callback"); });
`;

test("an exception that no code handles is logged as JSON without its values and counted, and the process continues", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", PROGRAM], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  // The logger writes when it likes.
  const isCount = (line: object) => "counted" in line;
  expect(lines.filter((line) => !isCount(line))).toMatchObject([
    { level: 50, msg: "unhandled", error: { type: "TypeError", message: 'about "…" in a promise' } },
    { level: 50, msg: "unhandled", error: { type: "RangeError", message: "in a callback" } },
    { level: 50, msg: "unhandled", error: { type: "undefined" } },
  ]);
  expect(lines.filter(isCount)).toEqual([{ counted: 3 }]);
});
