import { decodeJwt } from "jose";
import type { App } from "../../app";
import { ConfigError, loadConfig, type Config } from "../../config";
import { clientCredentials } from "../../gateways/client-credentials";
import { HttpFailure, type Authorization } from "../../gateways/http-client";
import { OpenEdxSystem } from "../../gateways/open-edx/http/system";
import { endWith, parseOptions, runProgram } from "../program";
import { startProgress } from "../progress";
import { readText } from "../history/read-text";
import { withApp } from "../../compose";
import { compareAll, type Report } from "./compare-all";
import { KNOWN } from "./differences";

const HELP = `Compares the entitlements of learners here with those that the LMS itself lists, and prints each difference that is
not explained: the LMS user id, the UUID and the key. It changes nothing.

  npm run compare -- --lms https://lms.example.org   the learners who have entitlements here
  --accounts      also the learners whose accounts are known here, and who have no entitlements here
  --user NAME     only this learner, who need not be known here; can be given several times
  --token FILE    a file with a token of a staff account of the LMS, instead of OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET

The LMS is asked at the address of --lms or else of LMS_URL, where no rule may send these requests to this service, and at
most LMS_CALLS_PER_MINUTE times a minute. A learner whose lists differ is read a second time, as others may be changing
them. It exits with status 0 without an unexplained difference, 1 with one, and 2 when it could not compare. The database
is the one of DATABASE_URL or, without it, the embedded one, also while a server runs on it.
`;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: {
      lms: { type: "string" },
      user: { type: "string", multiple: true },
      accounts: { type: "boolean", default: false },
      token: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const config = loadConfig(process.env);
  const url = (values.lms ?? config.lms?.url)?.replace(/\/+$/, "");
  if (!url || !/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new ConfigError(`--lms must be the address of the LMS, or else LMS_URL.\n\n${HELP}`);
  const authorization = await staffToken(config, values.token);
  const asked = { usernames: values.user ?? null, which: values.accounts ? "ACCOUNTS" : "HOLDERS" } as const;
  const telling = { print, startProgress };
  tell(await withApp(config, (app) => compareAll(app, systemAt(app, url, authorization), asked, telling)));
}

/** The LMS, asked at the pace of the settings: a call may also take the time that it waits for its turn. */
function systemAt({ config, clock }: App, baseUrl: string, authorization: Authorization): OpenEdxSystem {
  const { callsPerMinute } = config.lmsPace;
  const deadlineMs = config.lmsPace.deadlineMs + 60_000 / callsPerMinute;
  return new OpenEdxSystem({ deadlineMs, callsPerMinute, to: "lms", baseUrl, authorization, clock });
}

/** What is sent to the LMS as a member of its staff: to others it lists nothing, and every entitlement would differ. */
async function staffToken({ oauth, lmsPace }: Config, file?: string): Promise<Authorization> {
  if (file === undefined && !oauth)
    throw new ConfigError(
      "Set OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET, with LMS_URL or OAUTH_TOKEN_URL, or give a file by --token.",
    );
  const authorization: Authorization =
    file === undefined
      ? clientCredentials({ ...oauth!, ...lmsPace })
      : () => Promise.resolve(`JWT ${readText(file).trim().replace(/^JWT /, "")}`);
  if (isOfStaff(await authorization())) return authorization;
  throw new ConfigError("The token must be a JWT of an account of the LMS that is staff.");
}

function isOfStaff(authorization: string): boolean {
  try {
    return decodeJwt(authorization.slice("JWT ".length))["administrator"] !== false;
  } catch {
    return false;
  }
}

function tell({ learners, here, there, unexplained, known, failed }: Report): void {
  print(`${learners} learners compared; entitlements here: ${here}, in the LMS: ${there}`);
  for (const [kind, meaning] of Object.entries(KNOWN))
    print(`known differences: ${known[kind as keyof typeof KNOWN]} (${meaning})`);
  print(`unexplained differences: ${unexplained}; learners that could not be compared: ${failed}`);
  process.exitCode = failed > 0 ? 2 : Math.min(unexplained, 1);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

runProgram(main, (error) =>
  endWith(error instanceof HttpFailure ? new ConfigError(`The LMS gives no token: ${error.word}`) : error, 2),
);
