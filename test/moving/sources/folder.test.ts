import { mkdtempSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFolder } from "../../../src/moving/sources/folder";
import { csvRows } from "../../../src/moving/sources/csv";
import { tabRows } from "../../../src/moving/sources/tab-text";
import { ALL_TABLES } from "../../../src/moving/tables/all";
import { TRACKED_TABLES } from "../../../src/moving/tables/tracked-tables";
import { AS_OF, changedDump, DUMP, rowsOf } from "../importing";

const tables = Object.fromEntries(ALL_TABLES.map((table) => [table.name, table]));
const DETAILS = TRACKED_TABLES[2]!.live;
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

async function* inPieces(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}
async function all<T>(rows: AsyncIterable<T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const some of rows) found.push(...some);
  return found;
}

test("the rows of mysqldump --tab are read by the names of their columns, each character as it was", async () => {
  const rows = await rowsOf(openFolder(DUMP, AS_OF), DETAILS);
  const comments = DETAILS.columns.indexOf("comments");
  expect(rows.map((row) => row[comments])).toEqual([
    "a\0tab\t, line\nfeed, \\N and \\ and 🌊\0",
    "\\N",
    null,
    "",
  ]);
  expect(rows[0]![DETAILS.columns.indexOf("action")]).toBe("reissue");
});

test.each([1, 2, 3, 7, 1_000])(
  "text that arrives in pieces of %i characters is read alike",
  async (length) => {
    const text = "a\\\tb\tc\\\\\t\\N\nd\\\ne\t\\\\N\t\\n\\t\\0\\Z\\b\\r\\x\n";
    expect(await all(tabRows(inPieces(text, length)))).toEqual([
      ["a\tb", "c\\", null],
      ["d\ne", "\\N", "\n\t\0\u001A\b\rx"],
    ]);
    const csv = 'a,"b ""q""\r\nx",\r\n"",NULL,\\N\n"NULL",2,last';
    expect(await all(csvRows(inPieces(csv, length)))).toEqual([
      ["a", 'b "q"\r\nx', null],
      ["", null, null],
      ["NULL", "2", "last"],
    ]);
  },
);

test.each(["csv", "jsonl"])("a folder of %s holds the same rows", async (format) => {
  const folder = mkdtempSync(join(tmpdir(), "course-entitlements-source-"));
  folders.push(folder);
  const dump = openFolder(DUMP, AS_OF);
  for (const table of ALL_TABLES) {
    const rows = await rowsOf(dump, table);
    const quoted = (value: string | null) => (value === null ? "" : `"${value.replaceAll('"', '""')}"`);
    const lines =
      format === "csv"
        ? [table.columns.join(","), ...rows.map((row) => row.map(quoted).join(","))]
        : rows.map((row) =>
            JSON.stringify(Object.fromEntries(table.columns.map((name, i) => [name, row[i]]))),
          );
    writeFileSync(join(folder, `${table.name}.${format}`), lines.join("\n"));
  }
  const source = openFolder(folder, AS_OF);
  for (const table of ALL_TABLES) expect(await rowsOf(source, table)).toEqual(await rowsOf(dump, table));
});

test("without an instant of its own, a folder is as of its oldest file", () => {
  expect(openFolder(DUMP, null).asOf).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
});

describe("refused with a sentence that says what to do", () => {
  const read = async (change: (folder: string) => void, table = DETAILS) => {
    const { folder } = changedDump([]);
    folders.push(folder);
    change(folder);
    return rowsOf(openFolder(folder, AS_OF), table);
  };
  const path = (folder: string, ending: string) => join(folder, `${DETAILS.name}.${ending}`);

  test("what is no folder", async () => {
    expect(() => openFolder("no/such", AS_OF)).toThrow(
      "no/such is neither a folder nor a URL such as mysql://",
    );
  });
  test("missing tables, all at once", async () => {
    const missing = (folder: string) => {
      for (const name of ["auth_user", "django_site"]) unlinkSync(join(folder, `${name}.txt`));
    };
    await expect(read(missing)).rejects.toThrow(
      "The source lacks the table auth_user, the table django_site",
    );
  });
  test("missing columns", async () => {
    const missing = (folder: string) => {
      const sql = readFileSync(path(folder, "sql"), "utf8");
      writeFileSync(path(folder, "sql"), sql.replace("`action`", "`deed`"));
    };
    await expect(read(missing)).rejects.toThrow(`The source lacks the column ${DETAILS.name}.action`);
  });
  test("a .txt without its .sql, and what mysql -B writes", async () => {
    await expect(read((folder) => unlinkSync(path(folder, "sql")))).rejects.toThrow(
      "is missing; the output of `mysql -B`",
    );
    await expect(read((folder) => renameSync(path(folder, "txt"), path(folder, "tsv")))).rejects.toThrow(
      "`mysql -B`",
    );
    const batch = (folder: string) => writeFileSync(path(folder, "txt"), "id\tcreated\n");
    await expect(read(batch)).rejects.toThrow(
      "a row has 2 fields, and not 9. If it begins with the names of columns",
    );
  });
  test("text that is not UTF-8", async () => {
    const latin = (folder: string) => writeFileSync(path(folder, "txt"), Buffer.from([0xe9, 0x0a]));
    await expect(read(latin)).rejects.toThrow("its text is not UTF-8");
  });
  test.each([
    ['{"id": 1}', "a row lacks the column created"],
    ["[1]", "a line is not an object"],
    ["nonsense", "a line is not JSON"],
    ['{"id": 1.5}', "a value is neither text, a whole number"],
  ])("the line of JSON %s", async (line, message) => {
    const lines = (folder: string) => {
      unlinkSync(path(folder, "txt"));
      writeFileSync(path(folder, "jsonl"), line);
    };
    await expect(read(lines)).rejects.toThrow(message);
  });
  test("CSV without an end", async () => {
    const open = (folder: string) => {
      unlinkSync(join(folder, "django_site.txt"));
      writeFileSync(join(folder, "django_site.csv"), 'id,domain,name\n1,"open');
    };
    await expect(read(open, tables["django_site"])).rejects.toThrow("a quoted field does not end");
  });
});
