import { openFolder } from "../../../src/moving/sources/folder";
import { openSource } from "../../../src/moving/sources/open-source";
import type { Source } from "../../../src/moving/sources/source";
import { ALL_TABLES } from "../../../src/moving/tables/all";
import { TRACKED_TABLES } from "../../../src/moving/tables/tracked-tables";
import { createEdxapp, hasMariadb, type MysqlDatabase } from "../../support/mariadb";
import { AS_OF, DUMP, rowsOf } from "../importing";

const withMariadb = hasMariadb ? describe : describe.skip;
const options = { password: undefined, asOf: null };

withMariadb("a MariaDB (skipped where none runs at 127.0.0.1:3306)", () => {
  let edxapp: MysqlDatabase;
  let source: Source;
  beforeAll(async () => {
    edxapp = await createEdxapp();
    source = await openSource(edxapp.url, options);
  });
  afterAll(async () => {
    await source.close();
    await edxapp.drop();
  });

  test("gives the same rows as its dump, but for those that nobody needs", async () => {
    const dump = openFolder(DUMP, AS_OF);
    for (const table of ALL_TABLES) {
      const [here, there] = [await rowsOf(source, table), await rowsOf(dump, table)];
      const wanted = there.filter((row) => table.only.length === 0 || !row.includes("3"));
      const sorted = (rows: typeof here) => rows.map((row) => JSON.stringify(row)).toSorted();
      if (table.name !== "course_overviews_courseoverview") expect(sorted(here)).toEqual(sorted(wanted));
      expect(await source.sizeOf(table)).toBe(here.length);
    }
  });

  test("is read as it was when it was opened, whatever is written meanwhile", async () => {
    const policies = ALL_TABLES.find(({ name }) => name === "entitlements_courseentitlementpolicy")!;
    const before = await rowsOf(source, policies);
    await edxapp.ask("insert into entitlements_courseentitlementpolicy values (9, 1, 1, 1, null, null)");
    expect(await rowsOf(source, policies)).toEqual(before);
    await edxapp.ask("delete from entitlements_courseentitlementpolicy where id = 9");
  });

  test("is refused with the names of all tables and columns that it lacks", async () => {
    const other = await createEdxapp();
    await other.ask("alter table django_site rename column name to title; drop table auth_user");
    await expect(openSource(other.url, options)).rejects.toThrow(
      "The source lacks the table auth_user, the column django_site.name",
    );
    await other.drop();
  });

  test("may store UUIDs as such", async () => {
    const other = await createEdxapp();
    await other.ask("alter table entitlements_courseentitlement modify uuid uuid not null");
    const opened = await openSource(other.url, options);
    const live = TRACKED_TABLES[1]!.live;
    const [first] = await rowsOf(opened, live);
    expect(first![live.columns.indexOf("uuid")]).toBe("11111111-1111-4111-8111-111111111111");
    await opened.close();
    await other.drop();
  });

  test("is named without its password, and refuses a wrong one with a sentence", async () => {
    expect(source.name).toBe(edxapp.url.replace("root@", ""));
    const wrong = edxapp.url.replace("root@", "nobody:secret-word@");
    await expect(openSource(wrong, options)).rejects.toThrow(/^MySQL: ER_ACCESS_DENIED/);
    await expect(openSource(wrong, options)).rejects.not.toThrow("secret-word");
    await expect(openSource(edxapp.url, { ...options, asOf: "2026-01-01" })).rejects.toThrow(
      "--as-of is for a folder",
    );
  });
});
