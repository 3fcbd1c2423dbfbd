import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Pool } from "pg";
import { ANSWERS } from "./floor-answers";
import { userOf } from "./floor-token";

/**
 * The least that a server can do for the same requests: no GraphQL, no framework, no checks of input, one prepared
 * statement a request. What the product costs is told as a multiple of this.
 */
const pool = new Pool({
  connectionString: process.env["DATABASE_URL"],
  max: 10,
  // Otherwise PostgreSQL plans the page each time, because it cannot estimate how few rows the limit leaves.
  options: "-c plan_cache_mode=force_generic_plan",
});

interface Body {
  operationName: string;
  variables: Record<string, unknown>;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const user = userOf(request.headers.authorization ?? "");
  const { operationName, variables } = JSON.parse(await read(request)) as Body;
  const { name, text, values, toData } = ANSWERS[operationName]!;
  const { rows } = await pool.query({ name, text, values: values(variables, user) });
  const body = JSON.stringify({ data: toData(rows, new Date(), variables, user) });
  response.writeHead(200, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

function read(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .on("end", () => resolve(Buffer.concat(chunks).toString()))
      .on("error", reject);
  });
}

createServer((request, response) => {
  if (request.method === "GET") response.end();
  else answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
}).listen(Number(process.env["PORT"]), "127.0.0.1");
