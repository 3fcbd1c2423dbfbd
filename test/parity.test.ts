import { existsSync } from "node:fs";
import type { DataSource } from "typeorm";
import { describeFile } from "./parity/report";
import { needsDatabase, replayFile, vectorFiles } from "./parity/replay";
import { openTestDatabase } from "./support/database";

const FOLDER = "../shared/vectors";

if (!existsSync(FOLDER))
  // oxlint-disable-next-line jest/no-disabled-tests -- the recorded answers are no part of a plain clone
  test.skip(`recorded answers of the original are compared only where ${FOLDER} contains them`, () => {});
else
  test.each(vectorFiles(FOLDER))(
    "%s: every answer equals the original's or follows from a named difference",
    async (path) => {
      const summary = needsDatabase(path)
        ? await withTestDatabase((db) => replayFile(path, db))
        : await replayFile(path, null);
      expect(summary.failed === 0 ? "" : describeFile(summary)).toBe("");
      expect(summary.passed).toBeGreaterThan(0);
    },
    300_000,
  );

async function withTestDatabase<T>(work: (db: DataSource) => Promise<T>): Promise<T> {
  const database = await openTestDatabase();
  try {
    return await work(database.db);
  } finally {
    await database.close();
  }
}
