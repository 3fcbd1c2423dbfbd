import { developmentTokens } from "../auth/development-key";
import { ConfigError, loadConfig } from "../config";
import { parseOptions, runProgram } from "./program";

const HELP = `Prints a token of the demo world, which is valid for 24 hours. In a shell:

  TOKEN=$(npm run --silent token -- --as ada)

  --as  ada or bob, two learners; grace, a support agent; hopper, a staff member; shop, a shop's service

It is signed with the development key in DATA_DIR, which the server trusts while it has no other keys. The command
refuses to run in production.
`;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: { as: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (process.env["NODE_ENV"] === "production")
    throw new ConfigError("NODE_ENV: tokens of the demo world cannot be made in production");
  const { dataDir, token: rules } = loadConfig(process.env);
  if (!rules.isOurs)
    throw new ConfigError(
      "JWT_JWK_SET: must not be set, nor JWT_JWK_SET_URL, as the server then trusts other keys",
    );
  const tokens = await developmentTokens(dataDir, rules);
  const found = tokens.find(({ username }) => username === values.as);
  if (!found)
    throw new ConfigError(`--as: must be one of ${tokens.map(({ username }) => username).join(", ")}`);
  process.stdout.write(`${found.token}\n`);
}

runProgram(main);
