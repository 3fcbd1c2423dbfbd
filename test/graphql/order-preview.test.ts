import { fulfillOrder } from "../../src/use-cases/entitlements/fulfill-order";
import { ask } from "../support/demo-app";
import { statementsOf } from "../support/statements";
import {
  aCertificate,
  aCourse,
  ada,
  anEnrollment,
  anEntitlement,
  aRun,
  by,
  shop,
  useApp,
} from "../support/world";

const app = useApp();

interface Preview {
  id: string;
  warnings: string[];
  redeemedRun: { key: string } | null;
  upgradeableRuns: { key: string }[];
  entitlements: { id: string }[];
  enrollments: { mode: string; courseRun: { key: string } }[];
}

const PREVIEW = `query ($username: String!, $courseUuids: [ID!]!, $mode: String!) {
  orderPreview(username: $username, courseUuids: $courseUuids, mode: $mode) {
    id warnings redeemedRun { key } upgradeableRuns { key } entitlements { id }
    enrollments { mode courseRun { key } }
  }
}`;

async function preview(courseUuids: string[], given: { username?: string; mode?: string } = {}) {
  const { data, errors } = await ask<{ orderPreview: Preview[] | null }>(app, shop, PREVIEW, {
    username: "ada",
    mode: "verified",
    courseUuids,
    ...given,
  });
  return { previews: data?.orderPreview, errors };
}

/** A course with as many runs as modes are given, in which the learner is enrolled in these modes; null for not. */
async function aCourseTaken(...modes: (string | null)[]): Promise<{ courseUuid: string; runs: string[] }> {
  const courseUuid = aCourse();
  const runs: string[] = [];
  for (const mode of modes) {
    const run = await aRun(app, courseUuid);
    if (mode) await anEnrollment(app, run, { mode });
    runs.push(run);
  }
  return { courseUuid, runs };
}

test.each<[string, (string | null)[]]>([
  ["takes no run", [null, null]],
  ["takes one run for free", ["audit", null]],
  ["takes two runs for free", ["audit", "honor"]],
  ["has bought the one run elsewhere", ["verified"]],
  ["takes one run for free and has bought another", ["audit", "professional"]],
])("a preview of an order agrees with its fulfillment: the learner %s", async (_, modes) => {
  const { courseUuid } = await aCourseTaken(...modes);
  await expectPreviewed(courseUuid);
});

test.each<[string, string[], boolean]>([
  ["in the only run", ["audit"], false],
  ["in one of two runs", ["honor", "audit"], true],
])(
  "a preview of an order agrees with its fulfillment: the learner has a certificate %s of those taken for free",
  async (_, modes, isRedeemed) => {
    const { courseUuid, runs } = await aCourseTaken(...modes);
    await aCertificate(app, runs[0]!);
    const { enrollment } = await expectPreviewed(courseUuid);
    expect(enrollment?.courseRunKey).toBe(isRedeemed ? runs[1] : undefined);
  },
);

async function expectPreviewed(courseUuid: string) {
  const { previews } = await preview([courseUuid]);
  const order = { username: "ada", mode: "verified", orderNumber: courseUuid, refundLocked: false };
  const { entitlement, upgradeableRuns } = await fulfillOrder(by(shop, app), { courseUuid, ...order });
  expect(previews![0]!.redeemedRun?.key ?? null).toBe(entitlement.enrollment?.courseRunKey ?? null);
  expect(previews![0]!.upgradeableRuns.map(({ key }) => key)).toEqual(upgradeableRuns.map(({ key }) => key));
  return entitlement;
}

test("a preview has the warnings for a shop, for each course in the order of the request", async () => {
  const paid = await aCourseTaken("professional");
  const certified = await aCourseTaken("audit");
  await aCertificate(app, certified.runs[0]!);
  const other = aCourse();
  await aRun(app, other, { modes: ["professional"] });
  const entitled = await aCourseTaken(null);
  const entitlementId = await anEntitlement(app, { courseUuid: entitled.courseUuid });
  const expired = await aCourseTaken(null);
  await anEntitlement(app, { courseUuid: expired.courseUuid, createdAt: new Date("2020-01-01T00:00:00Z") });
  const unknown = aCourse();
  const courses = [paid, certified, { courseUuid: other }, entitled, expired].map((one) => one.courseUuid);
  const { previews } = await preview([...courses, unknown]);
  expect(previews!.map(({ id }) => id)).toEqual([...courses, unknown]);
  expect(previews!.map(({ warnings }) => warnings)).toEqual([
    ["ALREADY_ENROLLED"],
    ["CERTIFICATE_EARNED"],
    ["MODE_NOT_OFFERED"],
    ["ALREADY_ENTITLED"],
    [],
    ["COURSE_UNKNOWN"],
  ]);
  expect(previews![3]!.entitlements).toEqual([{ id: entitlementId }]);
  expect(previews![0]!.enrollments).toEqual([{ mode: "professional", courseRun: { key: paid.runs[0] } }]);
});

test("an unknown learner has no preview, and a mode that is not sold is refused", async () => {
  expect((await preview([aCourse()], { username: "nobody" })).previews).toBeNull();
  const { errors } = await preview([aCourse()], { mode: "verifed" });
  expect(errors![0]!.extensions).toMatchObject({ code: "BAD_USER_INPUT" });
});

test("a learner is named by the username, by the LMS user id, or by both of the same account", async () => {
  const courses = [aCourse()];
  const named = async (learner: string) => {
    const document = `query ($courses: [ID!]!) { orderPreview(${learner}courseUuids: $courses, mode: "verified") { id } }`;
    const { data, errors } = await ask<{ orderPreview: unknown }>(app, shop, document, { courses });
    return errors?.[0]!.extensions["code"] ?? data!.orderPreview;
  };
  const one = courses.map((id) => ({ id }));
  expect(await named(`userId: "${ada.userId}", `)).toEqual(one);
  expect(await named(`username: "ADA", userId: "${ada.userId}", `)).toEqual(one);
  expect(await named(`username: "bob", userId: "${ada.userId}", `)).toBeNull();
  expect(await named("")).toBe("BAD_USER_INPUT");
});

test("a preview of 25 courses needs as many statements as one of one course", async () => {
  const count = async (courses: number) =>
    (await statementsOf(() => preview(Array.from({ length: courses }, aCourse)))).length;
  expect(await count(25)).toBe(await count(1));
});
