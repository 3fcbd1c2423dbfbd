import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { ConfigError } from "../../config";
import { ALGORITHMS, keyIn, signerOf } from "../../proof/notes/signer";
import { fileMemory } from "../../proof/witness/file-memory";
import { serveWitness } from "../../proof/witness/serve";
import { witness } from "../../proof/witness/witness";
import { parseOptions, runProgram, stopSignal } from "../program";
import { assertKey } from "./trusted";

const HELP = `Serves a witness of histories, which cosigns a checkpoint only when it continues what the witness has seen before.

  npm run history:witness -- --name NAME --key FILE --data FOLDER --history KEY [--history KEY] [--port 8090] [--host 127.0.0.1]

  --name     the name of this witness, such as witness.example.org/entitlements
  --key      the file of its private key, which is made when there is none
  --data     the folder where it remembers the last checkpoint of each history
  --history  the verification key of a history that it witnesses: <name>+<id>+<base64>

Run it on another machine than the history, and let others operate it than those who operate the history. It prints its
own verification key: HISTORY_WITNESSES of the server takes it after the address, as in https://host/#KEY.
`;

async function main(): Promise<void> {
  const { values } = parseOptions({
    options: {
      name: { type: "string" },
      key: { type: "string" },
      data: { type: "string" },
      history: { type: "string", multiple: true, default: [] },
      port: { type: "string", default: "8090" },
      host: { type: "string", default: "127.0.0.1" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const { name, key, data, history, port, host } = values;
  if (name === undefined || !/^[^\s+]+$/.test(name))
    throw new ConfigError("--name: must be a name without spaces and +");
  if (key === undefined) throw new ConfigError("--key: must name the file of the private key");
  if (data === undefined) throw new ConfigError("--data: must name a folder");
  if (history.length === 0) throw new ConfigError("--history: must be the verification key of a history");
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new ConfigError("--port: must be a port");
  for (const each of history) assertKey("--history", each);
  const signer = signerOf(name, keyIn(key), ALGORITHMS.cosignature);
  const server = serveWitness(witness(signer, history, fileMemory(data)));
  server.listen(Number(port), host);
  await once(server, "listening");
  const { port: at } = server.address() as AddressInfo;
  process.stdout.write(`Witness ${signer.vkey}\nListens at http://${host}:${at}/add-checkpoint\n`);
  void stopSignal().then(() => server.close());
}

runProgram(main);
