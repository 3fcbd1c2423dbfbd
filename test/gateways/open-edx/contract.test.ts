import { randomUUID } from "node:crypto";
import type { CatalogRun } from "../../../src/gateways/open-edx/catalog-gateway";
import type { EnrollmentCall } from "../../../src/gateways/open-edx/enrollment-gateway";
import type { OpenEdx } from "../../../src/gateways/open-edx/open-edx";
import { openFakeEdx, type FakeEdx } from "../../fake-edx/fake-edx";
import { openTestDatabase } from "../../support/database";
import { embeddedInstallation, httpInstallation, type Installation } from "./installations";

const DAY_MS = 86_400_000;
/** A whole second, as some systems tell no parts of it. */
const NOW = Math.floor(Date.now() / 1_000) * 1_000;

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let edx: FakeEdx;
/** What the clock of the other installation is ahead: the LMS counts the calls of a minute. */
let aheadMs = 0;
const all: Record<string, () => Installation> = {
  embedded: () => embeddedInstallation(database.db),
  HTTP: () => httpInstallation(edx),
};
beforeAll(async () => {
  database = await openTestDatabase();
  edx = await openFakeEdx({ clock: () => new Date(Date.now() + aheadMs) });
});
beforeEach(() => void (aheadMs += 61_000));
afterAll(() => Promise.all([database.close(), edx.close()]));

function aRun(given: Partial<CatalogRun> = {}): CatalogRun {
  return {
    key: `course-v1:DemoX+DEMO.01+${randomUUID()}`,
    courseUuid: randomUUID(),
    title: "A run",
    org: "DemoX",
    number: "DEMO.01",
    levelType: "Advanced",
    imageUrl: "https://demo.example/image.png",
    marketingUrl: "https://demo.example/course",
    isSelfPaced: true,
    startsAt: new Date(NOW - DAY_MS),
    endsAt: new Date(NOW + 90 * DAY_MS),
    enrollmentStartsAt: new Date(NOW - 30 * DAY_MS),
    enrollmentEndsAt: null,
    modes: [
      { slug: "audit", currency: "usd", minPrice: 0, expiresAt: null, sku: null },
      {
        slug: "verified",
        currency: "usd",
        minPrice: 49,
        expiresAt: new Date(NOW + 9 * DAY_MS),
        sku: "SKU-1",
      },
    ],
    ...given,
  };
}

describe.each(Object.entries(all))("the %s installation", (_name, open) => {
  let installation: Installation;
  let openEdx: OpenEdx;
  let ids = 1_000;
  beforeAll(() => {
    installation = open();
    ({ openEdx } = installation);
  });

  /** A new account. */
  async function aLearner(isActive = true): Promise<string> {
    const id = String(++ids);
    await installation.account({ id, username: `learner${id}`, isActive });
    return `learner${id}`;
  }

  /** A call for a new learner and a new run, whose enrollment is in a state, if any. */
  async function aCall(
    given: Partial<EnrollmentCall>,
    mode?: string,
    isActive = true,
  ): Promise<EnrollmentCall> {
    const [username, run] = [await aLearner(), aRun()];
    await installation.run(run);
    if (mode) await installation.enroll(username, run.key, mode, isActive);
    const usual = {
      mode: "verified",
      changeableModes: ["audit", "honor"],
      mayEnroll: true,
      isRepeat: false,
      requestId: "test",
    };
    return { username, courseRunKey: run.key, ...usual, ...given };
  }
  const ending = { mode: null, changeableModes: ["verified", "audit"] };

  /** Makes a call, and returns its outcome with the state of the enrollment after it. */
  async function made(call: EnrollmentCall): Promise<unknown[]> {
    const outcome = await openEdx.enrollments.ensure(call);
    const after = await openEdx.enrollments.read(call);
    const state = after ? [after.mode, after.isActive] : null;
    if (outcome.kind === "done") expect(outcome.enrollment).toEqual(after);
    return outcome.kind === "refused" ? [outcome.code, state] : [outcome.kind, state];
  }

  test("enrolls a learner who has no enrollment, and tells when", async () => {
    const call = await aCall({});
    expect(await openEdx.enrollments.read(call)).toBeNull();
    expect(await made(call)).toEqual(["done", ["verified", true]]);
    const { username, courseRunKey } = call;
    const { createdAt, ...enrollment } = (await openEdx.enrollments.read(call))!;
    expect(enrollment).toEqual({ username, courseRunKey, mode: "verified", isActive: true });
    expect(Math.abs(createdAt!.getTime() - Date.now())).toBeLessThan(3_600_000);
  });

  test("upgrades an enrollment in a mode that may be changed, and enrolls again who has left", async () => {
    expect(await made(await aCall({}, "audit"))).toEqual(["done", ["verified", true]]);
    expect(await made(await aCall({}, "audit", false))).toEqual(["done", ["verified", true]]);
    expect(await made(await aCall({}, "verified", false))).toEqual(["done", ["verified", true]]);
  });

  test("changes an enrollment that was left in any mode, as nobody holds it", async () => {
    expect(await made(await aCall({ changeableModes: [] }, "professional", false))).toEqual([
      "done",
      ["verified", true],
    ]);
  });

  test("leaves an enrollment as it is that is active in a mode that may not be changed", async () => {
    expect(await made(await aCall({}, "professional"))).toEqual(["HELD_OTHERWISE", ["professional", true]]);
    expect(await made(await aCall({ isRepeat: true }, "professional"))).toEqual([
      "HELD_OTHERWISE",
      ["professional", true],
    ]);
    expect(await made(await aCall(ending, "professional"))).toEqual([
      "HELD_OTHERWISE",
      ["professional", true],
    ]);
  });

  test("takes an enrollment that is already as wanted for its own only when the call is a repeat", async () => {
    expect(await made(await aCall({}, "verified"))).toEqual(["HELD_OTHERWISE", ["verified", true]]);
    expect(await made(await aCall({ isRepeat: true }, "verified"))).toEqual(["done", ["verified", true]]);
  });

  test("ends an enrollment, which keeps its mode, as often as it is asked to", async () => {
    const call = await aCall(ending, "verified");
    expect(await made(call)).toEqual(["done", ["verified", false]]);
    expect(await made(call)).toEqual(["done", ["verified", false]]);
    expect(await made({ ...call, isRepeat: true })).toEqual(["done", ["verified", false]]);
  });

  test("changes only the mode of who is still enrolled, when the call may not enroll", async () => {
    const change = { mode: "audit", changeableModes: ["verified"], mayEnroll: false };
    expect(await made(await aCall(change, "verified"))).toEqual(["done", ["audit", true]]);
    expect(await made(await aCall(change, "audit"))).toEqual(["done", ["audit", true]]);
    expect(await made(await aCall(change, "verified", false))).toEqual(["done", ["verified", false]]);
    expect(await made(await aCall(change))).toEqual(["done", null]);
    expect(await made(await aCall(change, "professional"))).toEqual([
      "HELD_OTHERWISE",
      ["professional", true],
    ]);
  });

  test("has nothing to end where there is no enrollment, known or not", async () => {
    const call = await aCall(ending);
    expect(await made(call)).toEqual(["done", null]);
    expect(await made({ ...call, username: "unknown_learner" })).toEqual(["done", null]);
    expect(await made({ ...call, courseRunKey: "course-v1:No+Such+Run" })).toEqual(["done", null]);
  });

  test("does not know some learners and some runs", async () => {
    const call = await aCall({});
    expect(await made({ ...call, username: "unknown_learner" })).toEqual(["USER_UNKNOWN", null]);
    expect(await made({ ...call, courseRunKey: "course-v1:No+Such+Run" })).toEqual(["RUN_UNKNOWN", null]);
  });

  test("tells all enrollments of several learners, inactive ones too, however many there are", async () => {
    const usernames = [await aLearner(), await aLearner(), await aLearner()];
    const expected: string[] = [];
    for (let count = 0; count < 55; count++) {
      const run = aRun();
      await installation.run(run);
      for (const username of usernames.slice(0, 2)) {
        await installation.enroll(username, run.key, "audit", count % 2 === 0);
        expected.push(`${username} ${run.key} audit ${count % 2 === 0}`);
      }
    }
    const found = await openEdx.enrollments.readAll([...usernames, "unknown_learner", "not, a name"]);
    const seen = found.map(
      ({ username, courseRunKey, mode, isActive }) => `${username} ${courseRunKey} ${mode} ${isActive}`,
    );
    expect(seen.toSorted()).toEqual(expected.toSorted());
    expect(await openEdx.enrollments.readAll([])).toEqual([]);
  });

  test("tells accounts by usernames and by id, and leaves out unknown ones", async () => {
    const [active, inactive] = [await aLearner(), await aLearner(false)];
    const found = await openEdx.accounts.byUsernames([active, "unknown_learner", inactive, "a,b"]);
    expect(found.toSorted((one, other) => Number(one.id) - Number(other.id))).toEqual([
      { id: String(ids - 1), username: active, isActive: true },
      { id: String(ids), username: inactive, isActive: false },
    ]);
    expect(await openEdx.accounts.byUsernames(["unknown_learner"])).toEqual([]);
    expect(await openEdx.accounts.byUsernames([])).toEqual([]);
    expect(await openEdx.accounts.byId(String(ids))).toMatchObject({ username: inactive });
    expect(await openEdx.accounts.byId("999999")).toBeNull();
    expect(await openEdx.accounts.byId("ada")).toBeNull();
  });

  test("tells the runs of courses, and runs by their keys, and leaves out unknown ones", async () => {
    const courseUuid = randomUUID();
    const some = [aRun({ courseUuid }), aRun({ courseUuid, levelType: null, imageUrl: null }), aRun()];
    for (const run of some) await installation.run(run);
    const byKey = (runs: CatalogRun[]) => runs.toSorted((one, other) => (one.key < other.key ? -1 : 1));
    const ofCourses = await openEdx.catalog.runsOfCourses([courseUuid, randomUUID()]);
    expect(byKey(ofCourses)).toEqual(byKey(some.slice(0, 2)));
    const keys = [...some.map(({ key }) => key), "course-v1:No+Such+Run"];
    expect(byKey(await openEdx.catalog.runs(keys))).toEqual(byKey(some));
    expect(await openEdx.catalog.runs([])).toEqual([]);
  });

  test("tells more runs than one request can name", async () => {
    const some = Array.from({ length: 25 }, () => aRun());
    for (const run of some) await installation.run(run);
    expect(await openEdx.catalog.runs(some.map(({ key }) => key))).toHaveLength(25);
    expect(await openEdx.catalog.runsOfCourses(some.map(({ courseUuid }) => courseUuid))).toHaveLength(25);
  });

  test("tells a run as it is now, with expired modes too", async () => {
    const expired = {
      slug: "verified",
      currency: "usd",
      minPrice: 49,
      expiresAt: new Date(NOW - DAY_MS),
      sku: null,
    };
    const { courseUuid, org, number, levelType, imageUrl, marketingUrl, ...live } = aRun({
      modes: [expired],
    });
    await installation.run({ courseUuid, org, number, levelType, imageUrl, marketingUrl, ...live });
    expect(await openEdx.catalog.liveRun(live.key)).toEqual({ ...live, isInviteOnly: false });
    expect(await openEdx.catalog.liveRun("course-v1:No+Such+Run")).toBeNull();
  });

  test("tells the status of a certificate, and that there is none", async () => {
    const key = await aCall({}, "verified");
    expect(await openEdx.certificates.status(key)).toBeNull();
    await installation.certify(key.username, key.courseRunKey, "notpassing");
    expect(await openEdx.certificates.status(key)).toBe("notpassing");
    expect(await openEdx.certificates.status({ ...key, username: "unknown_learner" })).toBeNull();
  });
});
