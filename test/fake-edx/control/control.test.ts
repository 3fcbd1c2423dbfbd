import { runKey } from "../../../src/demo/catalog";
import { useFakeEdx } from "../asking";

const asking = useFakeEdx();
const control = async (path: string, sent?: unknown) => {
  const response = await fetch(`${asking.edx.controlUrl}${path}`, {
    ...(sent !== undefined && { method: "POST", body: JSON.stringify(sent) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown>[] };
};

test("faults can be set and seen from outside, and are checked", async () => {
  const fault = { system: "lms", kind: "status", status: 500, path: "accounts" };
  expect(await control("/faults", [fault])).toMatchObject({ status: 200, body: [fault] });
  expect((await asking.get(`${asking.edx.lmsUrl}/api/user/v1/accounts/bob`)).status).toBe(500);
  expect(await control("/faults", [{ system: "lms" }])).toMatchObject({ status: 400 });
  expect((await control("/faults")).body).toEqual([fault]);
  expect((await control("/faults", [])).body).toEqual([]);
  expect((await asking.get(`${asking.edx.lmsUrl}/api/user/v1/accounts/bob`)).status).toBe(200);
});

test("the ledger and the state can be read from outside", async () => {
  await asking.get(`${asking.edx.lmsUrl}/api/user/v1/accounts/bob`);
  expect((await control("/ledger")).body).toMatchObject([
    { system: "lms", method: "GET", path: "/api/user/v1/accounts/bob", status: 200, effect: [] },
  ]);
  const { body } = await control("/state");
  expect(body).toMatchObject({ users: expect.arrayContaining([]) as unknown[], refunds: [] });
});

test("others can enroll and end enrollments from outside", async () => {
  const of = { username: "bob", courseRunKey: runKey(1, "open") };
  expect((await control("/enrollments", { ...of, mode: "verified" })).body).toMatchObject({
    by: "outside",
    from: null,
    to: { mode: "verified", isActive: true },
  });
  expect((await control("/enrollments", { ...of, mode: null })).body).toMatchObject({
    to: { mode: "verified", isActive: false },
  });
  expect((await control("/nowhere")).status).toBe(400);
});
