import type { DataSource, EntityTarget, ObjectLiteral } from "typeorm";
import { Certificate } from "../../../src/entities/certificate";
import { CourseEnrollment } from "../../../src/entities/course-enrollment";
import { CourseMode } from "../../../src/entities/course-mode";
import { CourseRun } from "../../../src/entities/course-run";
import { UserAccount } from "../../../src/entities/accounts/user-account";
import { clientCredentials } from "../../../src/gateways/client-credentials";
import type { LmsAccount } from "../../../src/gateways/open-edx/account-gateway";
import type { CatalogRun } from "../../../src/gateways/open-edx/catalog-gateway";
import { embeddedOpenEdx } from "../../../src/gateways/open-edx/embedded/embedded-open-edx";
import { httpOpenEdx } from "../../../src/gateways/open-edx/http/http-open-edx";
import type { OpenEdx } from "../../../src/gateways/open-edx/open-edx";
import { transact, type Change } from "../../../src/store/transact";
import type { FakeEdx } from "../../fake-edx/fake-edx";
import { enrollmentId } from "../../fake-edx/world/world";

/** An installation that a test fills. */
export interface Installation {
  openEdx: OpenEdx;
  account(account: LmsAccount): Promise<void>;
  run(run: CatalogRun): Promise<void>;
  /** Brings an enrollment into a state, as others do. */
  enroll(username: string, courseRunKey: string, mode: string, isActive: boolean): Promise<void>;
  certify(username: string, courseRunKey: string, status: string): Promise<void>;
}

/** The installation of our own tables. */
export function embeddedInstallation(db: DataSource): Installation {
  const change: Change = {
    userId: null,
    userLabel: "system",
    reason: "test",
    source: "IMPORT",
    requestId: null,
  };
  const save = (entity: EntityTarget<ObjectLiteral>, row: object) =>
    transact(db, change, (tx) => tx.save(entity, row));
  const idOf = async (username: string) => (await db.manager.findOneByOrFail(UserAccount, { username })).id;
  return {
    openEdx: embeddedOpenEdx(
      (text, values) => db.query(text, [...values]),
      () => new Date(),
    ),
    account: async (account) => void (await db.manager.save(UserAccount, account)),
    async run({ modes, ...run }) {
      await save(CourseRun, run);
      for (const mode of modes) await db.manager.save(CourseMode, { courseRunKey: run.key, ...mode });
    },
    async enroll(username, courseRunKey, mode, isActive) {
      const key = { userId: await idOf(username), courseRunKey };
      const known = await db.manager.findOneBy(CourseEnrollment, key);
      const enrollment = known ?? db.manager.create(CourseEnrollment, { ...key, createdAt: new Date() });
      await save(CourseEnrollment, Object.assign(enrollment, { mode, isActive }));
    },
    async certify(username, courseRunKey, status) {
      await save(Certificate, { userId: await idOf(username), courseRunKey, status });
    },
  };
}

/** How a test reaches an installation over HTTP. */
export interface HttpOptions {
  deadlineMs?: number;
  callsPerMinute?: number;
  clientSecret?: string;
  /** How the LMS is said to keep entitlements. */
  entitlements?: "empty" | "plugin";
}

/** The gateways to an installation that is reached over HTTP. */
export function gatewaysTo(
  { lmsUrl: url, discoveryUrl, client, world: { clock } }: FakeEdx,
  {
    deadlineMs = 10_000,
    callsPerMinute = 6_000,
    clientSecret = client.secret,
    entitlements,
  }: HttpOptions = {},
): OpenEdx {
  const tokenUrl = `${url}/oauth2/access_token`;
  const authorization = clientCredentials({ tokenUrl, clientId: client.id, clientSecret, deadlineMs });
  return httpOpenEdx({ url, discoveryUrl, entitlements, authorization, deadlineMs, callsPerMinute, clock });
}

/** An installation that is reached over HTTP. */
export function httpInstallation(edx: FakeEdx): Installation {
  const { world, others } = edx;
  return {
    openEdx: gatewaysTo(edx),
    async account(account) {
      const { username } = account;
      const personal = { email: `${username}@private.example`, name: "A Private Name" };
      world.users.set(username, { ...account, ...personal, isStaff: false });
      return Promise.resolve();
    },
    async run(run) {
      const usual = { maxEnrollments: null, isInviteOnly: false, preventedBy: null };
      world.runs.set(run.key, { ...run, ...usual, isHidden: false, isRetired: false });
      return Promise.resolve();
    },
    async enroll(username, courseRunKey, mode, isActive) {
      others.enroll(username, courseRunKey, mode);
      world.enrollments.get(enrollmentId(username, courseRunKey))!.isActive = isActive;
      return Promise.resolve();
    },
    async certify(username, courseRunKey, status) {
      others.certify(username, courseRunKey, status);
      return Promise.resolve();
    },
  };
}
