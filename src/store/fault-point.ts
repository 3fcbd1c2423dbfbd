let ask: ((point: string, key: string) => Promise<void>) | undefined;

/** Lets a fault harness decide what happens at the points of the programs; development only. */
export function planFaults(planUrl: string): void {
  decideFaults(async (point, key) => {
    const query = new URLSearchParams({ point, key, pid: String(process.pid) });
    await fetch(`${planUrl}?${query.toString()}`).catch(() => undefined);
  });
}

/** The same for a harness in this process: what `decide` throws ends the work at that point. */
export function decideFaults(decide: (point: string, key: string) => Promise<void>): void {
  ask = decide;
}

/** A place where a process may be killed, or held, by a fault harness; without one it does nothing. */
export async function faultPoint(point: string, key: string): Promise<void> {
  await ask?.(point, key);
}
