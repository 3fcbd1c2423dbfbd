import { enrollAndFulfill } from "../../src/use-cases/sessions/enroll-and-fulfill";
import { ada } from "../support/demo-app";
import { aCourse, anEntitlement, settingsFor, standing, useLms } from "../support/lms";
import { requestOf } from "../support/refunds";
import { killLeftovers, runToEnd } from "../support/server-process";

const beside = useLms();
afterAll(killLeftovers);

const sync = (...args: string[]) => {
  const { url } = beside.app.db.options as { url: string };
  return runToEnd("dist/src/cli/lms/sync.js", { ...settingsFor(beside.edx), DATABASE_URL: url }, args);
};
const linesOf = (stdout: string) => stdout.trimEnd().split("\n");

async function aSpentOne() {
  const course = await aCourse(beside);
  const entitlementId = await anEntitlement(beside, course.courseUuid);
  await enrollAndFulfill(requestOf(beside.app, ada), { entitlementId, courseRunKey: course.one });
  return { ...course, entitlementId };
}

test("what differs of a learner is told, a line each, and reconciled unless it is a dry run", async () => {
  const [left, certified] = [await aSpentOne(), await aSpentOne()];
  await sync("--user", "ada"); // what the two demo worlds tell differently
  beside.edx.others.deactivate("ada", left.one);
  beside.edx.others.certify("ada", certified.one, "downloadable");
  const enrollment = `enrollment in ${left.one}: recorded verified, active, the LMS says verified, not active: recorded, and the entitlement ${left.entitlementId} is not redeemed for it any longer`;
  const certificate = `certificate for ${certified.one}: recorded none, the LMS says downloadable: recorded`;

  const tried = await sync("--user", "ada", "--dry-run");
  expect(tried).toMatchObject({ status: 0, stderr: "" });
  expect(linesOf(tried.stdout)).toEqual(expect.arrayContaining([enrollment, certificate]));
  expect(await standing(beside, left.entitlementId)).toMatchObject({ state: "FULFILLED_CHANGEABLE" });

  const { status, stdout } = await sync("--user-id", ada.userId!);
  expect([status, stdout]).toEqual([0, tried.stdout]);
  expect(await standing(beside, left.entitlementId)).toMatchObject({ state: "AVAILABLE" });
  expect(await standing(beside, certified.entitlementId)).toMatchObject({ state: "FULFILLED" });
  expect(linesOf((await sync("--user", "ada")).stdout).at(-1)).toMatch(/compared; differences: 0$/);
});

test("a name that has changed in the LMS is told and recorded", async () => {
  const account = beside.edx.world.users.get("bob")!;
  beside.edx.world.users.delete("bob");
  beside.edx.others.register({ ...account, username: "robert" });
  const { stdout } = await sync("--user", "bob");
  expect(linesOf(stdout)[0]).toBe("account: recorded bob, active, the LMS says robert, active: recorded");
  expect(linesOf((await sync("--user", "robert")).stdout).at(-1)).toMatch(/; differences: 0$/);
});

test("all learners with a redeemed entitlement are compared", async () => {
  const { one, entitlementId } = await aSpentOne();
  beside.edx.others.deactivate("ada", one);
  const { status, stdout, stderr } = await sync("--all");
  expect(status).toBe(0);
  expect(stdout).toContain(
    `user ${ada.userId}, ${one}: recorded, and the entitlement ${entitlementId} is not`,
  );
  expect(linesOf(stdout).at(-1)).toMatch(/^\d+ learners compared; differences: \d+, without an answer: 0$/);
  expect(stderr).toMatch(/(\d+) of \1 learners/);
  expect(await standing(beside, entitlementId)).toMatchObject({ state: "AVAILABLE" });
});

test("an LMS that does not answer, an unknown learner and a wrong command line end it with 1", async () => {
  expect(await sync("--user", "nobody")).toMatchObject({
    status: 1,
    stderr: "There is no such learner here.\n",
  });
  beside.edx.faults.set({ system: "lms", path: "/accounts", kind: "status", status: 400 });
  expect(await sync("--user", "ada")).toMatchObject({
    status: 1,
    stderr: "The LMS does not answer: HTTP_400\n",
  });
  beside.edx.faults.set({ system: "lms", path: "/enrollment", kind: "status", status: 404 });
  expect(await sync("--all")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("The LMS does not answer: HTTP_404\n") as string,
  });
  for (const id of ["abc", "", "99999999999999999999"])
    expect(await sync("--user-id", id)).toMatchObject({
      status: 1,
      stderr: "--user-id: must be an LMS user id, such as 1005\n",
    });
  expect(await sync("--user", "ada", "--user", "grace")).toMatchObject({
    status: 1,
    stderr: "--user: is given twice\n",
  });
  for (const args of [[], ["--all", "--user", "ada"]])
    expect((await sync(...args)).stderr).toContain("npm run sync -- --user NAME");
  expect((await sync("--help")).status).toBe(0);
});

test("without an LMS there is nothing to synchronize", async () => {
  const { url } = beside.app.db.options as { url: string };
  expect(await runToEnd("dist/src/cli/lms/sync.js", { DATABASE_URL: url }, ["--all"])).toEqual({
    status: 0,
    stdout: "There is nothing to synchronize: without LMS_URL, our own tables hold all.\n",
    stderr: "",
  });
});
