import type { RefundOutcome } from "../../src/gateways/refund/refund-gateway";
import { IN_FLIGHT } from "../../src/http/in-flight";
import { ada, useDemoApp } from "../support/demo-app";
import { serve } from "../support/http";
import { aSpentEntitlement, everythingOf, withShop } from "../support/refunds";
import { until } from "../support/waiting";

const REFUND = `mutation($id: ID!) {
  unenrollAndRefund(input: { entitlementId: $id, refund: REQUEST }) { refund { state } userErrors { code } }
}`;
const service = { ...ada, isService: true };

interface Answered {
  unenrollAndRefund: { refund: { state: string } | null; userErrors: { code: string }[] };
}

// The callers wait until the test lets the shop answer, on however slow a machine.
const demo = useDemoApp({ REFUND_DEADLINE_MS: "30000" });

test("a shop that hangs occupies at most half of the places for requests, and reads are not delayed", async () => {
  let pay!: (outcome: RefundOutcome) => void;
  const paid = new Promise<RefundOutcome>((resolve) => (pay = resolve));
  const { app, asked } = withShop(demo, () => paid);
  const server = await serve(app);
  try {
    const ids: string[] = [];
    for (let made = 0; made < IN_FLIGHT.atOnce; made++) ids.push(await aSpentEntitlement(app));
    const before = await Promise.all(ids.map((id) => everythingOf(app, id)));
    const answers = new Map<string, Answered["unenrollAndRefund"]>();
    const refunds = ids.map(async (id) => {
      const { body } = await server.ask(service, REFUND, { id });
      answers.set(id, (body.data as unknown as Answered).unenrollAndRefund);
    });
    await until(() => answers.size === IN_FLIGHT.atOnce / 2 && asked.length === IN_FLIGHT.atOnce / 2);
    for (const [id, answer] of answers) {
      expect(answer).toMatchObject({ refund: null, userErrors: [{ code: "REFUND_UNAVAILABLE" }] });
      expect(await everythingOf(app, id)).toBe(before[ids.indexOf(id)]);
    }
    const reads = Array.from({ length: 10 }, () => server.ask(ada, "{ viewer { id } }"));
    for (const { status } of await Promise.all(reads)) expect(status).toBe(200);
    expect(server.load.inFlight).toBe(IN_FLIGHT.atOnce / 2);
    pay({ kind: "accepted", refs: [] });
    await Promise.all(refunds);
    const states = [...answers.values()].map(({ refund }) => refund?.state);
    expect(states.filter((state) => state === "SUCCEEDED")).toHaveLength(IN_FLIGHT.atOnce / 2);
  } finally {
    await server.stop();
  }
});
