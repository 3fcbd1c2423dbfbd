import { LIMITS } from "../../src/engine/documents/limits";
import { ada, ask, auditor, bob, grace, useDemoApp } from "../support/demo-app";
import { serve } from "../support/http";
import { statementsOf } from "../support/statements";

const app = useDemoApp();

interface Data {
  complete: boolean;
  user: object;
  entitlements: {
    id: string;
    refunds: object[];
    history: { entityType: string; changedByLabel: string | null }[];
  }[];
  enrollments: { userId: string }[];
}
const QUERY = "{ viewer { dataExport } }";

async function dataOf(asking: typeof ada): Promise<Data> {
  const { data, errors } = await ask<{ viewer: { dataExport: Data } }>(app, asking, QUERY);
  expect(errors).toBeUndefined();
  return data!.viewer.dataExport;
}

test("the data export of a learner contains all stored data about them, and nothing about others", async () => {
  const data = await dataOf(ada);
  expect(data).toMatchObject({
    complete: true,
    user: { id: ada.userId, username: "ada", email: expect.any(String) as string },
  });
  const own = await app.db.query<{ id: string }[]>("select id from course_entitlement where user_id = $1", [
    ada.userId,
  ]);
  expect(data.entitlements.map(({ id }) => id).toSorted()).toEqual(own.map(({ id }) => id).toSorted());
  const [enrolled] = await app.db.query<[{ count: number }]>(
    "select count(*)::int as count from course_enrollment where user_id = $1",
    [ada.userId],
  );
  expect(data.enrollments).toHaveLength(enrolled.count);
  for (const { userId } of data.enrollments) expect(userId).toBe(ada.userId);
  const [refunded] = await app.db.query<[{ count: number }]>(
    "select count(*)::int as count from refund join course_entitlement e on e.id = entitlement_id where user_id = $1",
    [ada.userId],
  );
  expect(data.entitlements.flatMap(({ refunds }) => refunds)).toHaveLength(refunded.count);
});

test("the data export of a learner contains neither the comments nor the names of support agents", async () => {
  const { entitlements } = await dataOf(ada);
  const changes = entitlements.flatMap(({ history }) => history);
  expect(changes.length).toBeGreaterThan(entitlements.length);
  expect(new Set(changes.map(({ entityType }) => entityType))).toEqual(
    new Set(["COURSE_ENTITLEMENT", "REFUND"]),
  );
  const text = JSON.stringify(entitlements);
  expect(text).not.toContain("grace");
  expect(text).not.toContain("telephone");
});

test("no caller gets the data export of another account", async () => {
  for (const asking of [grace, auditor]) {
    const { data } = await ask(app, asking, '{ user(username: "ada") { dataExport } }');
    expect(data).toEqual({ user: { dataExport: null } });
  }
});

test("the data export of a learner needs a few statements, however many entitlements the learner has", async () => {
  const [few, many] = [await statementsOf(() => dataOf(bob)), await statementsOf(() => dataOf(ada))];
  expect(many.length).toBe(few.length);
  expect(many.length).toBeLessThan(10);
});

test("the data export of a learner costs as much as the greatest one", async () => {
  const server = await serve(app);
  const { body } = await server.ask(ada, QUERY);
  expect(body.errors).toBeUndefined();
  expect(body).toMatchObject({ extensions: { cost: { requested: 5_050 } } });
  const twice = await server.ask(ada, "{ viewer { dataExport again: dataExport } }");
  expect(twice.body.errors![0]!.message).toContain(`10100 objects; at most ${LIMITS.objects}`);
  await server.stop();
});
