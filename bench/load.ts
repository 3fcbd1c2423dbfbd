import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import { percentile } from "./report";
import type { BenchRequest } from "./workloads";

/** What the load generator is told to do: so long against one server, with so many connections that never rest. */
export interface LoadOrder {
  port: number;
  requests: BenchRequest[];
  seconds: number;
  connections: number;
}

/** What it saw. */
export interface LoadResult {
  count: number;
  /** The first answer that was not what it should be, if any. */
  fault: string | null;
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

const agent = new Agent({ keepAlive: true });

/** Sends one request and resolves with the answer's text; rejects unless it is a 200. */
export function post(port: number, { authorization, body }: BenchRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        port,
        host: "127.0.0.1",
        method: "POST",
        path: "/graphql",
        headers: {
          authorization,
          "content-type": "application/json",
          accept: "application/json",
          "content-length": Buffer.byteLength(body),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response
          .on("data", (chunk: Buffer) => chunks.push(chunk))
          .on("error", reject)
          .on("end", () => {
            const text = Buffer.concat(chunks).toString();
            if (response.statusCode === 200 && !text.includes(`"errors":[`)) resolve(text);
            else reject(new Error(`${response.statusCode} ${text.slice(0, 300)}`));
          });
      },
    );
    outgoing.on("error", reject).end(body);
  });
}

async function generate({ port, requests, seconds, connections }: LoadOrder): Promise<LoadResult> {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  let place = 0;
  const faults: string[] = [];
  const client = async () => {
    while (faults.length === 0 && performance.now() < end) {
      const sent = performance.now();
      await post(port, requests[place++ % requests.length]!).catch((error: Error) =>
        faults.push(error.message),
      );
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const took = (performance.now() - start) / 1000;
  return {
    count: latencies.length,
    fault: faults[0] ?? null,
    seconds: took,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

// A process of its own, so that its work is in nobody's account.
if (require.main === module)
  process.on("message", (order: LoadOrder) => void generate(order).then((result) => process.send!(result)));
