import type { LmsMode } from "../../../src/gateways/open-edx/catalog-gateway";
import {
  enrollmentId,
  setEnrollment,
  type FakeCertificate,
  type FakeEnrollment,
  type FakeRun,
  type FakeUser,
  type World,
} from "./world";

/** Changes the world as others do who work with the LMS: learners on its dashboard, its support, course teams. */
export class SecondWriter {
  constructor(private readonly world: World) {}

  /** Enrolls a learner in a run, whatever its dates, or changes the mode of the enrollment. */
  enroll(username: string, courseRunKey: string, mode: string): void {
    setEnrollment(this.world, { username, courseRunKey }, { mode, isActive: true }, "outside");
  }

  /** Ends an enrollment, which keeps its mode. */
  deactivate(username: string, courseRunKey: string): void {
    const known = this.world.enrollments.get(enrollmentId(username, courseRunKey));
    if (!known) throw new Error(`${username} has no enrollment in ${courseRunKey}`);
    setEnrollment(this.world, known, { mode: known.mode, isActive: false }, "outside");
  }

  /** Changes how a run can be taken, such as its upgrade deadline or its price. */
  setMode(courseRunKey: string, slug: string, change: Partial<LmsMode>): void {
    const mode = this.world.runs.get(courseRunKey)?.modes.find((each) => each.slug === slug);
    if (!mode) throw new Error(`${courseRunKey} has no mode ${slug}`);
    Object.assign(mode, change);
  }

  /** Gives a learner a certificate, or changes its status. */
  certify(username: string, courseRunKey: string, status: string): void {
    this.world.certificates.set(enrollmentId(username, courseRunKey), {
      username,
      courseRunKey,
      status,
      mode: this.world.enrollments.get(enrollmentId(username, courseRunKey))?.mode ?? "verified",
      createdAt: this.world.clock(),
      isConfigured: true,
    });
  }

  /** Adds an account, or replaces it. */
  register(user: Pick<FakeUser, "id" | "username"> & Partial<FakeUser>): void {
    const { username } = user;
    const others = { email: `${username}@demo.example`, name: username, isActive: true, isStaff: false };
    this.world.users.set(username.toLowerCase(), { ...others, ...user });
  }

  /** Gives an account another username, which its enrollments and certificates have then too. */
  rename(username: string, to: string): void {
    const account = this.world.users.get(username.toLowerCase());
    if (!account) throw new Error(`nobody has the username ${username}`);
    this.world.users.delete(username.toLowerCase());
    this.register({ ...account, username: to });
    const move = <Held extends FakeEnrollment | FakeCertificate>(all: Map<string, Held>) => {
      for (const [key, held] of [...all].filter(([, each]) => each.username === username)) {
        all.delete(key);
        all.set(enrollmentId(to, held.courseRunKey), Object.assign(held, { username: to }));
      }
    };
    move(this.world.enrollments);
    move(this.world.certificates);
  }

  /** Adds a run that is open and special in nothing else than what is said, or replaces it. */
  publish(run: Pick<FakeRun, "key" | "courseUuid" | "modes"> & Partial<FakeRun>): void {
    this.world.runs.set(run.key, { ...OPEN, ...run });
  }
}

const OPEN = {
  title: "A run",
  org: "DemoX",
  number: "DEMO.00",
  levelType: null,
  imageUrl: null,
  marketingUrl: null,
  isSelfPaced: false,
  startsAt: null,
  endsAt: null,
  enrollmentStartsAt: null,
  enrollmentEndsAt: null,
  maxEnrollments: null,
  isInviteOnly: false,
  isHidden: false,
  isRetired: false,
  preventedBy: null,
} satisfies Partial<FakeRun>;
