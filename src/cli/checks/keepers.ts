import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { sealingGap } from "../../compose/sealer";
import type { Config } from "../../config";
import { HttpFailure, httpClient } from "../../gateways/http-client";
import { finding, Wrong, type Finding } from "./finding";

const DEADLINE_MS = 5_000;

/** Asks whether those who keep the checkpoints of the history are there, and says what keeps it from being proven. */
export async function* keeperFindings(config: Config): AsyncGenerator<Finding> {
  const gap = sealingGap(config);
  if (gap !== null) yield { what: "the proof of the history", verdict: "note", found: gap };
  for (const address of config.history.witnesses)
    yield address.startsWith("file:")
      ? await fileFinding(fileURLToPath(address))
      : await witnessFinding(address.split("#")[0]!);
}

function fileFinding(path: string): Promise<Finding> {
  const ask = () => {
    const isThere = existsSync(path);
    try {
      accessSync(isThere ? path : dirname(path), constants.W_OK);
    } catch (error) {
      throw new Wrong(
        `it cannot be written (${(error as NodeJS.ErrnoException).code}): see HISTORY_WITNESSES`,
      );
    }
    if (isThere && statSync(path).isDirectory())
      throw new Wrong("it is a folder: name a file in HISTORY_WITNESSES");
    return "checkpoints can be added";
  };
  return finding(`the file ${path}`, async () => ask(), { other: "see HISTORY_WITNESSES" });
}

/** A witness has no question that changes nothing, but whatever listens there answers. */
function witnessFinding(url: string): Promise<Finding> {
  const ask = async () => {
    const { status } = await httpClient({ to: "witness", deadlineMs: DEADLINE_MS })({ url });
    if (status >= 500) throw new HttpFailure(`HTTP_${status}`, true);
    return "a server is there; whether it cosigns with its key, only a checkpoint can tell";
  };
  return finding(`the witness ${url}`, ask, { other: "see HISTORY_WITNESSES" });
}
