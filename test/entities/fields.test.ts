import type { DataSource } from "typeorm";
import { TRACKED_TYPES, type TrackedType } from "../../src/history/tracked-types";
import { openTestDatabase } from "../support/database";

let db: DataSource;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ db, close } = await openTestDatabase());
});
afterAll(() => close());

/** What the history of a row does not tell of: the id, which each entry has anyway. */
const NOT_TOLD = ["id"];

test.each(Object.keys(TRACKED_TYPES) as TrackedType[])("the history of %s tells of every column", (type) => {
  const { table, fields } = TRACKED_TYPES[type];
  const columns = db.getMetadata(table).columns.map(({ databaseName }) => databaseName);
  expect([...NOT_TOLD, ...fields.map(({ column }) => column)].toSorted()).toEqual(columns.toSorted());
});
