import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runProgram } from "../../src/cli/program";
import { ConfigError } from "../../src/config";
import { openFakeEdx, type FakeEdx } from "./fake-edx";
import { readFaults } from "./faults/faults";

const HELP = `Starts a fake Open edX: an LMS, course-discovery, commerce-coordinator and an operator's own shop,
which hold the demo world in memory.

  npm run fake-edx
  npm run fake-edx -- --faults faults.json --alg HS256

  --lms-port, --discovery-port, --coordinator-port, --webhook-port, --control-port
                           18000, 18381, 18140, 18141 and 18001 by default
  --alg RS256|HS256        how the LMS signs tokens; RS256 by default
  --scopes read,write      the scopes of tokens; by default read,write,profile,email,user_id
  --expires-in 60          for how many seconds tokens are valid; 3600 by default
  --learns-after 60        for how many seconds commerce-coordinator does not know an entitlement yet; 0 by default
  --events-to URL          sends events about enrollments as the LMS does, before it commits, to /lms-events of the
                           product (http://localhost:4000/lms-events) or to a Redis (redis://localhost:6379)
  --faults faults.json     a list of faults, such as
                           [{"system": "lms", "path": "^POST .*enrollment$", "nth": 1, "kind": "lostAnswer"}]

It prints the settings with which the product uses it, with either shop, and then a line for each request. Its port of control answers to
GET /ledger, GET /state and GET /faults, and takes POST /faults (a list that replaces all faults) and POST /enrollments
({"username", "courseRunKey", "mode"}: what others do in the LMS; the mode null ends the enrollment).

A fault says system (lms, discovery, coordinator, webhook), path (a regular expression for the method and the path), nth (which of
these requests, one or a list), and its kind:

  slow (ms)                        it happens at once, and is answered late
  status (status, retryAfterSeconds)
  reset, silence                   nothing happens, and no answer comes
  nonsense (shape html|truncated)  a page for people; or it happens, and half of the answer comes
  lostAnswer                       it happens, and the connection is reset
  lateEffect (ms)                  the connection is reset, and it happens later
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean" },
      "lms-port": { type: "string", default: "18000" },
      "discovery-port": { type: "string", default: "18381" },
      "coordinator-port": { type: "string", default: "18140" },
      "webhook-port": { type: "string", default: "18141" },
      "control-port": { type: "string", default: "18001" },
      alg: { type: "string", default: "RS256" },
      scopes: { type: "string", default: "read,write,profile,email,user_id" },
      "expires-in": { type: "string", default: "3600" },
      "learns-after": { type: "string", default: "0" },
      faults: { type: "string" },
      "events-to": { type: "string" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const { alg } = values;
  if (alg !== "RS256" && alg !== "HS256") throw new ConfigError("--alg: must be RS256 or HS256");
  const whole = (name: Exclude<keyof typeof values, "help" | "faults" | "events-to">) => {
    const given = values[name];
    if (/^\d{1,5}$/.test(given)) return Number(given);
    throw new ConfigError(`--${name}: must be a whole number`);
  };
  const faults = values.faults === undefined ? [] : faultsIn(values.faults);
  const edx = await openFakeEdx({
    ports: {
      lms: whole("lms-port"),
      discovery: whole("discovery-port"),
      coordinator: whole("coordinator-port"),
      webhook: whole("webhook-port"),
      control: whole("control-port"),
    },
    tokens: { alg, scopes: values.scopes.split(","), expiresInSeconds: whole("expires-in") },
    coordinatorLearnsAfterMs: whole("learns-after") * 1_000,
    eventsTo: values["events-to"],
    log: (line) => process.stdout.write(`${line}\n`),
  });
  edx.faults.set(...faults);
  process.stdout.write(`${linesOf(edx, values["events-to"]).join("\n")}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void edx.close().then(() => process.exit()));
}

function faultsIn(file: string) {
  try {
    return readFaults(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new ConfigError(`--faults: ${(error as Error).message}`);
  }
}

/** What to put before `npm start`, as a line of shell for each shop, and where the port of control is. */
function linesOf({ lmsUrl, discoveryUrl, client, ...edx }: FakeEdx, eventsTo = ""): string[] {
  const settings = [
    `LMS_URL=${lmsUrl}`,
    `DISCOVERY_URL=${discoveryUrl}`,
    `OAUTH_CLIENT_ID=${client.id}`,
    `OAUTH_CLIENT_SECRET=${client.secret}`,
    ...(eventsTo.startsWith("http") ? [`EVENTS_SECRET=${edx.eventsSecret}`] : []),
    ...(eventsTo.startsWith("redis") ? [`EVENTS_REDIS_URL=${eventsTo.replace(/\?.*/, "")}`] : []),
  ].join(" ");
  return [
    `${settings} REFUND_SHOP=coordinator COORDINATOR_URL=${edx.coordinatorUrl}`,
    `${settings} REFUND_SHOP=webhook REFUND_WEBHOOK_URL=${edx.webhookUrl} REFUND_WEBHOOK_SECRET=${edx.webhookSecret}`,
    `Control: ${edx.controlUrl}`,
  ];
}

runProgram(main);
