import { migrate } from "../../src/compose/database";
import { asSuperuser, createEmptyDatabase, type TestDatabase } from "../support/database";

const OWNER = `owner_of_grants_${process.pid}`;
const SERVING = `serving_of_grants_${process.pid}`;
const TEAM = `team_of_grants_${process.pid}`;

let database: TestDatabase;
let name: string;
beforeAll(async () => {
  database = await createEmptyDatabase();
  name = new URL(database.url).pathname.slice(1);
  await asSuperuser(
    `create role ${OWNER} login password 'secret'; create role ${SERVING} login password 'secret'; create role ${TEAM};
     grant create on schema public to ${OWNER}; grant create on database ${name} to ${OWNER}`,
    database.url,
  );
});
afterAll(async () => {
  await database.drop();
  await asSuperuser(`drop role ${OWNER}; drop role ${SERVING}; drop role ${TEAM}`);
});

const migrateWithTwoRoles = () => {
  const [url, migrationUrl] = [SERVING, OWNER].map(
    (username) => Object.assign(new URL(database.url), { username, password: "secret" }).href,
  ) as [string, string];
  return migrate({ url, migrationUrl, isEmbedded: false, stop: () => Promise.resolve() });
};

test.each([
  ["owns the database", (by: string) => `alter database ${name} owner to ${by}`, SERVING],
  ["owns the schema", (by: string) => `alter schema public owner to ${by}`, SERVING],
  ["is a member of who owns the database", (by: string) => `alter database ${name} owner to ${by}`, TEAM],
])(
  "a role that %s may drop what guards history: it is refused as the one that serves, before anything is changed",
  async (_, alter, holder) => {
    await asSuperuser(`${alter(holder)}; grant ${TEAM} to ${SERVING}`, database.url);
    await expect(migrateWithTwoRoles()).rejects.toThrow(`as a superuser, run ${alter(OWNER)}`);
    expect(await asSuperuser("select to_regclass('migrations') as found", database.url)).toEqual([
      { found: null },
    ]);
    await asSuperuser(alter(OWNER), database.url);
  },
);

test("what the refusal names lets the owner migrate", async () => {
  expect(await migrateWithTwoRoles()).not.toEqual([]);
  expect(await migrateWithTwoRoles()).toEqual([]);
});
