import { EXAMPLES } from "../../src/demo/examples";
import { checksumOf } from "../support/checksum";
import { grace, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";
import { asRest, example, hopper, type Listed, type Shown } from "./asking";

const app = useDemoApp();
let server: TestServer;
let ask: ReturnType<typeof asRest>;
beforeAll(async () => {
  server = await serve(app, { REST_FACADE: "on", MUTATIONS_PER_MINUTE: "10000", JOBS: "off" });
  ask = asRest(server);
});
afterAll(() => server.stop());

const EVERY_STATE = EXAMPLES.map(({ title, learner = "ada" }, place) => ({
  title,
  learner,
  id: example(place + 1),
})).filter(({ title }) => !title.startsWith("One of many"));
const NO_CHANGE = { support_details: ["There is no change to comment on."] };
const note = { comments: "Sent back as it was read." };

/** What agents are told of an entitlement: by its address, and in the list of its learner. */
async function told(id: string, learner: string): Promise<Shown[]> {
  const alone = await ask<Shown>(grace, `entitlements/${id}/`);
  const listed = await ask<Listed>(grace, `entitlements/?user=${learner}&uuid=${id}`);
  return [alone.body, ...listed.body.results];
}
const patch = (id: string, body: object) =>
  ask<Shown>(hopper, `entitlements/${id}/`, { method: "PATCH", body });

test.each(EVERY_STATE)(
  "$title: what an agent was told changes nothing when it is sent back, with comments or without",
  async ({ id, learner }) => {
    const before = await checksumOf(app.db);
    for (const whole of await told(id, learner)) {
      expect(await patch(id, whole)).toMatchObject({ status: 200 });
      const commented = { ...whole, support_details: [...whole.support_details, note] };
      expect(await patch(id, commented)).toMatchObject({ status: 400, body: NO_CHANGE });
    }
    expect(await checksumOf(app.db)).toEqual(before);
  },
);

test.each(EVERY_STATE)(
  "$title: what an agent was told with another lock of refunds changes at most the lock",
  async ({ id, learner }) => {
    for (const place of [0, 1]) {
      const whole = (await told(id, learner))[place]!;
      const wish = { ...whole, refund_locked: !whole.refund_locked };
      const { status, body } = await patch(id, { ...wish, support_details: [note] });
      const expected = status === 200 ? wish : whole;
      const [after] = await told(id, learner);
      for (const field of ["enrollment_course_run", "refund_locked"] as const)
        expect(after![field]).toBe(expected[field]);
      if (status === 200) expect(body.support_details[0]!.action).toMatch(/LOCK_REFUND$/);
      else expect(body).not.toHaveProperty("non_field_errors");
    }
  },
);
