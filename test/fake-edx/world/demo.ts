import { users } from "../../../src/demo/cast";
import { demoOpenEdx } from "../../../src/demo/open-edx";
import { enrollmentId, type FakeRun, type World } from "./world";

/** The account that owns the OAuth application of the product. */
export const WORKER = "course_entitlements_worker";

/** A world that holds what the demo world of the product says of it. */
export function demoWorld(clock: () => Date): World {
  const { runs, modes, enrollments, certificates } = demoOpenEdx(clock());
  const world: World = {
    users: new Map(),
    runs: new Map(),
    enrollments: new Map(),
    certificates: new Map(),
    entitlements: [],
    changes: [],
    refunds: [],
    clock,
  };
  const worker = {
    id: "900001",
    username: WORKER,
    email: `${WORKER}@demo.example`,
    name: "",
    isActive: true,
  };
  for (const { id, username, email, name, isActive } of [...users, worker])
    world.users.set(username, {
      id,
      username,
      email: email ?? "",
      name: name ?? "",
      isActive,
      isStaff: username === WORKER || username === "hopper",
    });
  const named = new Map(users.map(({ id, username }) => [id, username]));
  for (const run of runs)
    world.runs.set(
      run.key,
      Object.assign({}, run, {
        courseUuid: run.courseUuid!,
        modes: modes.filter(({ courseRunKey }) => courseRunKey === run.key),
        ...NOTHING_SPECIAL,
      }),
    );
  for (const [place, { userId, ...enrollment }] of enrollments.entries()) {
    const username = named.get(userId)!;
    world.enrollments.set(enrollmentId(username, enrollment.courseRunKey), {
      ...enrollment,
      id: place + 1,
      username,
    });
  }
  for (const { userId, courseRunKey, status } of certificates) {
    const username = named.get(userId)!;
    const mode = world.enrollments.get(enrollmentId(username, courseRunKey))!.mode;
    world.certificates.set(enrollmentId(username, courseRunKey), {
      username,
      courseRunKey,
      status,
      mode,
      createdAt: clock(),
      isConfigured: true,
    });
  }
  return world;
}

const NOTHING_SPECIAL = {
  isInviteOnly: false,
  isHidden: false,
  isRetired: false,
  preventedBy: null,
} satisfies Partial<FakeRun>;
