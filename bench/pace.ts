import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { post } from "./load";
import type { BenchRequest } from "./workloads";

/** How long each of the requests took, in milliseconds, when so many are sent in a second, whatever becomes of earlier ones. */
export async function latenciesAt(
  perSecond: number,
  port: number,
  requests: readonly BenchRequest[],
  seconds: number,
): Promise<number[]> {
  const latencies: Promise<number>[] = [];
  const end = performance.now() + seconds * 1_000;
  for (let place = 0; performance.now() < end; place++) {
    const sent = performance.now();
    latencies.push(post(port, requests[place % requests.length]!).then(() => performance.now() - sent));
    await sleep(1_000 / perSecond);
  }
  return Promise.all(latencies);
}
