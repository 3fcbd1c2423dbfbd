import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { Faults } from "../faults/faults";
import type { LedgerEntry } from "../http/ledger";
import { listen, type Listening } from "../http/listen";
import type { SecondWriter } from "../world/second-writer";
import type { World } from "../world/world";

/** What can be looked at and changed while an installation runs. */
export interface Controlled {
  world: World;
  others: SecondWriter;
  faults: Faults;
  requests: LedgerEntry[];
}

const enrollment = z.strictObject({
  username: z.string(),
  courseRunKey: z.string(),
  mode: z.string().nullable(),
});

/** Opens the port of control. */
export function openControl(controlled: Controlled, port: number): Promise<Listening> {
  return listen(port, (request, response) => {
    const send = (status: number, body: unknown) =>
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(`${JSON.stringify(body, mapsAsLists, 2)}\n`);
    textOf(request)
      .then((text) => send(200, answer(controlled, `${request.method} ${request.url}`, text)))
      .catch((error: Error) => send(400, { error: error.message }));
  });
}

function answer({ world, others, faults, requests }: Controlled, asked: string, text: string): unknown {
  switch (asked) {
    case "GET /ledger":
      return requests;
    case "GET /state":
      return world;
    case "GET /faults":
      return faults.list;
    case "POST /faults":
      faults.set(...z.array(z.any()).parse(JSON.parse(text)));
      return faults.list;
    case "POST /enrollments": {
      const { username, courseRunKey, mode } = enrollment.parse(JSON.parse(text));
      if (mode === null) others.deactivate(username, courseRunKey);
      else others.enroll(username, courseRunKey, mode);
      return world.changes.at(-1);
    }
    default:
      throw new Error(
        "GET /ledger, GET /state, GET or POST /faults (a list of faults), and POST /enrollments (username, courseRunKey, and a mode or null) are here.",
      );
  }
}

const mapsAsLists = (_: string, value: unknown) => (value instanceof Map ? [...value.values()] : value);

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk as string;
  return text;
}
