import { checkFiles } from "../../compose/files";
import { loadConfig } from "../../config";
import { buildGraphQLSchema } from "../../graphql/schema";
import { databaseFindings } from "./database";
import type { Finding } from "./finding";
import { outsideFindings } from "./outside";
import { parseOptions, runProgram } from "../program";

const HELP = `Checks the settings, and asks the database and each system that they name whether the server could work with it.

  npm run config:check

It prints one line for each question: "ok", "note" for what concerns only some installations, or "wrong" with what to
set, and in which system. It exits with status 1 when something is wrong. It changes nothing anywhere, and asks for no
refund.

  --json  Print the findings as one JSON array.
`;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: { help: { type: "boolean", short: "h" }, json: { type: "boolean" } },
  });
  if (values.help) return void process.stdout.write(HELP);
  const config = loadConfig(process.env);
  checkFiles(config, buildGraphQLSchema());
  const findings: Finding[] = [];
  for (const part of [databaseFindings(config), outsideFindings(config)])
    for await (const each of part) {
      findings.push(each);
      if (!values.json) process.stdout.write(`${each.verdict.padEnd(5)}  ${each.what}: ${each.found}\n`);
    }
  if (values.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  if (findings.some(({ verdict }) => verdict === "wrong")) process.exitCode = 1;
}

runProgram(main);
