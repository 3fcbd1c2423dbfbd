import { setTimeout as sleep } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { followOpenEdx } from "../../src/moving/follow/follow";
import { openSource } from "../../src/moving/sources/open-source";
import { watchMysql } from "../../src/moving/sources/watch-mysql";
import { followedImportGauges } from "../../src/reads/lms/followed-imports";
import { openTestDatabase } from "../support/database";
import { createEdxapp, hasMariadb, type MysqlDatabase } from "../support/mariadb";
import { killLeftovers, run, runScript, said } from "../support/server-process";
import { broken, importInto, importOptions } from "./importing";

const withMariadb = hasMariadb ? describe : describe.skip;
const GIVEN = { password: undefined, asOf: null };

/** An entry of the history of entitlement 1 with another order. */
const entry = (historyId: number, order: string) => `
  insert into entitlements_historicalcourseentitlement
  select id, created, modified, uuid, course_uuid, expired_at, mode, '${order}', refund_locked, ${historyId},
    utc_timestamp(6), null, '~', _policy_id, enrollment_course_run_id, 1, user_id from entitlements_courseentitlement where id = 1`;

withMariadb("following a MariaDB (skipped where none runs at 127.0.0.1:3306)", () => {
  let edxapp: MysqlDatabase;
  let db: DataSource;
  let url: string;
  let close: () => Promise<void>;
  beforeAll(async () => {
    edxapp = await createEdxapp();
    ({ db, url, close } = await openTestDatabase(importOptions));
  });
  afterAll(async () => {
    killLeftovers();
    await edxapp.drop();
    await close();
  });

  /** Follows while something is done, and until a statement has as many rows as it should. */
  async function following(work: () => Promise<unknown>, everythingEveryMs: number, sql: string, count = 1) {
    const stop = new AbortController();
    const source = await openSource(edxapp.url, GIVEN);
    const { name } = source;
    await source.close();
    const watch = await watchMysql(edxapp.url, undefined);
    let looks = 0;
    let began = () => {};
    const isFollowed = new Promise<void>((resolve) => (began = resolve));
    const done = followOpenEdx({
      db,
      name,
      open: () => openSource(edxapp.url, GIVEN),
      watch,
      async importAll() {
        const all = await openSource(edxapp.url, GIVEN);
        await importInto(db, { source: all });
        await all.close();
      },
      onNotes: () => {},
      onImport: () => {},
      onPosition() {
        looks++;
        began();
      },
      signal: stop.signal,
      everyMs: 20,
      everythingEveryMs,
    });
    await Promise.race([isFollowed, done]);
    await work();
    while ((await db.query(sql)).length !== count)
      await Promise.race([new Promise((r) => setTimeout(r, 20)), done]);
    const [lag] = await followedImportGauges(db);
    stop.abort();
    await done;
    await watch.close();
    return { looks, lag };
  }
  const HOUR = 3_600_000;

  test("a change and what it refers to are imported from its history, and how far behind it is shows", async () => {
    const { lag } = await following(
      async () => {
        await edxapp.ask(`
          begin;
          insert into auth_user values (9, '', 'new', '', 0, 1);
          insert into student_courseenrollment values (900, 'course-v1:DemoX+DX.1+2026', '2026-06-01', 1, 'verified', 9);
          insert into entitlements_courseentitlement values (90, '2026-06-01 00:00:00.000001', '2026-06-01 00:00:00.000001',
            '99999999999949998999999999999999', 'c0000000000040008000000000000001', null, 'verified', 'EDX-9', 900, 9, null, 0);
          insert into entitlements_historicalcourseentitlement values (90, '2026-06-01 00:00:00.000001',
            '2026-06-01 00:00:00.000001', '99999999999949998999999999999999', 'c0000000000040008000000000000001', null,
            'verified', 'EDX-9', 0, 200, utc_timestamp(6), null, '+', null, 900, 9, 9);
          insert into entitlements_courseentitlementsupportdetail values (90, '2026-06-01', '2026-06-01', '', 'why', 90, 9, null, 'CREATE');
          insert into entitlements_historicalcourseentitlementsupportdetail values (90, '2026-06-01', '2026-06-01', '', 'CREATE',
            'why', 300, utc_timestamp(6), null, '+', 90, 9, 9, null);
          commit`);
      },
      HOUR,
      `select 1 from course_entitlement e join course_enrollment n on n.id = e.enrollment_id
       join course_entitlement_support_detail d on d.entitlement_id = e.id
       join user_account u on u.id = d.support_user_id and u.username = 'new' where e.order_number = 'EDX-9'`,
    );
    expect(lag).toMatchObject({ state: "FOLLOWED", count: 1 });
    expect(lag!.oldestSeconds).toBeLessThan(60);
    expect(await followedImportGauges(db)).toEqual([]);
    expect(await broken(db)).toEqual([]);
  });

  test("an entry that commits after one with a higher id is not missed", async () => {
    await following(
      async () => {
        await edxapp.ask(entry(202, "later"));
        await edxapp.ask(entry(201, "earlier"));
      },
      HOUR,
      "select 1 from historical_course_entitlement where order_number in ('later', 'earlier')",
      2,
    );
    expect(await broken(db)).toEqual([]);
  });

  test("a deletion follows", async () => {
    await following(
      () =>
        edxapp.ask(`
          begin;
          insert into entitlements_historicalcourseentitlementsupportdetail values (90, '2026-06-01', '2026-06-01', '', 'CREATE',
            'why', 301, utc_timestamp(6), null, '-', 90, 9, 9, null);
          insert into entitlements_historicalcourseentitlement values (90, '2026-06-01 00:00:00.000001',
            '2026-06-01 00:00:00.000001', '99999999999949998999999999999999', 'c0000000000040008000000000000001', null,
            'verified', 'EDX-9', 0, 210, utc_timestamp(6), null, '-', null, 900, 9, 9);
          delete from entitlements_courseentitlementsupportdetail where id = 90;
          insert into entitlements_historicalcourseentitlement
          select id, created, modified, uuid, course_uuid, null, mode, order_number, refund_locked, 211, utc_timestamp(6), null,
            '-', _policy_id, enrollment_course_run_id, 1, user_id from entitlements_courseentitlement where id = 2;
          delete from entitlements_courseentitlement where id in (2, 90);
          commit`),
      HOUR,
      `select 1 from course_entitlement
       where order_number = 'EDX-9' or id = '22222222-2222-4222-8222-222222222222'`,
      1, // that one has a support detail here
    );
    expect(await db.query("select 1 from course_entitlement")).toHaveLength(4);
    const types = await db.query(
      "select history_type as type, history_change_reason as reason from historical_course_entitlement where order_number = 'EDX-9' order by history_id",
    );
    expect(types).toEqual([
      { type: "+", reason: "recordedByLms" },
      { type: "-", reason: "recordedByLms" },
    ]);
    expect(await broken(db)).toEqual([]);
  });

  test("a change that history has missed is found when everything is compared, and named", async () => {
    await following(
      () => edxapp.ask("update entitlements_courseentitlement set refund_locked = 1 where id = 1"),
      200,
      `select 1 from historical_course_entitlement where refund_locked and history_change_reason = 'importReconciled'
         and id = '11111111-1111-4111-8111-111111111111'`,
    );
    expect(await broken(db)).toEqual([]);
  });

  test("the command follows until SIGTERM, and says how far behind it is", async () => {
    const program = run("dist/src/cli/moving/import.js", { DATABASE_URL: url }, [
      "--from",
      edxapp.url,
      "--follow",
    ]);
    await said(program, /as of \d{4}-\d\d-\d\d [\d:.]+, [\d.]+ s ago/, "stdout");
    program.child.kill("SIGTERM");
    await sleep(20);
    program.child.kill("SIGTERM"); // npm passes on a Ctrl-C that the program had from the terminal
    expect(await program.exited).toBe(0);
    expect(program.stdout()).toMatch(/Stopped\.\n$/);
  });

  test("the command stops with npm, whose shell does not pass the signal on", async () => {
    const npm = runScript("import", { DATABASE_URL: url }, ["--from", edxapp.url, "--follow"]);
    await said(npm, /as of /, "stdout");
    npm.child.kill("SIGTERM");
    await npm.exited;
    expect(npm.stdout()).toMatch(/Stopped\.\n$/);
  });
});
