import { ConfigError } from "../../config";
import { checkProof, openCheckpoint, readProof } from "../../proof/check-proof";
import { parseOptions, runProgram } from "../program";
import { readText } from "./read-text";

const HELP = `Checks a proof file of an entry of history, without a server and without a database.

  npm run history:check-proof -- FILE --key KEY [--checkpoint FILE]

  --key         the verification key of the history: <name>+<id>+<base64>, which you got from its operators before
  --checkpoint  a checkpoint that you have kept, under which the entry must stand

It prints the fields of the entry, or says why nothing is proven and exits with status 1. Personal values that the proof
does not open are shown as (hidden). All that it does is in one file, src/proof/check-proof.ts, which needs nothing but
Node.
`;

function main(): void {
  const { values, positionals } = parseOptions({
    allowPositionals: true,
    options: {
      key: { type: "string" },
      checkpoint: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new ConfigError("Name one proof file.");
  const { key } = values;
  if (key === undefined) throw new ConfigError("--key: must be the verification key of the history");
  const file = readText(path);
  const own = values.checkpoint === undefined ? undefined : readText(values.checkpoint);
  let fields: ReturnType<typeof checkProof>;
  try {
    fields = checkProof(file, key, own);
  } catch (error) {
    process.stdout.write(`Nothing is proven. ${(error as Error).message}\n`);
    process.exitCode = 1;
    return;
  }
  for (const [field, value] of Object.entries(fields)) {
    const told = value === null ? "(hidden)" : Array.isArray(value) ? value.join(", ") : value;
    process.stdout.write(`${field.padEnd(24)} ${told}\n`);
  }
  const { position, checkpoint } = readProof(file);
  const { origin, size } = openCheckpoint(checkpoint, key);
  process.stdout.write(`\nProven: entry ${position} of the ${size} that ${origin} has sealed.\n`);
}

runProgram(main);
