import * as fc from "fast-check";
import { getNamedType, isObjectType } from "graphql";
import { Cursors } from "../../src/graphql/pages/cursors";
import { fillLists, LISTS, lists } from "../support/lists";
import { actor, ask, schema, useDemoApp } from "../support/demo-app";

const app = useDemoApp();
const hopper = actor("hopper", { isStaff: true });

async function pageAfter(path: string, after: string | null) {
  const page = path.replace("@)", "first: 1, after: $after) { edges { cursor } }");
  const { data, errors } = await ask(app, hopper, `query ($after: String) { ${page} }`, { after });
  const [error] = errors ?? [];
  const cursors = [...JSON.stringify(data).matchAll(/"cursor":"([^"]+)"/g)].map(([, cursor]) => cursor!);
  return { cursors, fault: error && [error.extensions["code"], error.message] };
}
const REFUSED = ["BAD_USER_INPUT", 'Argument "after" is not a cursor of this list.'];

const cursorOf = new Map<string, string>();
beforeAll(async () => {
  await fillLists(app);
  for (const [what, path] of lists) cursorOf.set(what, (await pageAfter(path, null)).cursors[0]!);
});

test("the table contains every list of the schema", () => {
  // The log of history goes on from positions, not from cursors.
  const connections = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields())
          .filter((field) => getNamedType(field.type).name.endsWith("Connection"))
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
  expect([...Object.keys(LISTS), "HistoryLog.entries"].toSorted()).toEqual(connections.toSorted());
});

test.each(lists)("%s accepts its own cursors, and those of no other list or order", async (what, path) => {
  expect((await pageAfter(path, cursorOf.get(what)!)).fault).toBeUndefined();
  for (const [other, cursor] of cursorOf)
    if (other !== what) expect([other, (await pageAfter(path, cursor)).fault]).toEqual([other, REFUSED]);
});

const INSTANT = "2026-03-01T00:00:00.000Z";
const ID = "e0000000-0000-4000-8000-000000000001";
const NEVER = [
  "2026-02-30T00:00:00.000Z",
  "2026-13-01T00:00:00.000Z",
  "2026-01-01T24:00:00.000Z",
  "2026-01-01T23:59:60.000Z",
  "0000-01-01T00:00:00.000Z",
  "-000001-01-01T00:00:00.000Z",
  "+010000-01-01T00:00:00.000Z",
  "-infinity",
  "now",
  "1e9",
  "-1",
  "9999999999999999999",
  "\0",
  "x".repeat(256),
];

test.each(lists)(
  "%s refuses every cursor that it has not made, before PostgreSQL sees it",
  async (what, path) => {
    const cursor = cursorOf.get(what)!;
    const [name, value, id] = Buffer.from(cursor, "base64url").toString().split("\n") as [
      string,
      string,
      string,
    ];
    const isText = /MODE|ORDER_NUMBER|RUN_KEY/.test(name);
    const values = NEVER.filter((never) => !isText || never.length > 255 || never === "\0");
    const forged = [
      ...values.map((never) => [name, never, id]),
      ...["", "x", id.toUpperCase(), `${id}'`].map((other) => [name, value, other]),
      ...["", "2", name.replace("1.", "2."), `${name} `].map((other) => [other, value, id]),
      [name, id],
      [name],
    ].map((parts) => Buffer.from(parts.join("\n")).toString("base64url"));
    const earlier = JSON.stringify([value, id]);
    const twisted = [
      `${cursor}=`,
      ` ${cursor}`,
      `${cursor}A`,
      cursor.slice(0, -2),
      "",
      "bogus",
      "\u{1f600}",
      earlier,
    ];
    for (const wrong of [...forged, ...twisted, Buffer.from(earlier).toString("base64url")])
      expect([wrong, (await pageAfter(path, wrong)).fault]).toEqual([wrong, REFUSED]);
  },
);

test("for every order of a list, its cursors are short and can be read back", () => {
  const lines = fc.string({ unit: "binary", maxLength: 255 }).filter((text) => !text.includes("\0"));
  const instants = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
  const cursors = new Cursors("entitlements.COURSE_RUN_KEY.DESC", "text");
  fc.assert(
    fc.property(lines, (value) => {
      const cursor = cursors.write({ value, id: ID });
      expect(cursors.read(cursor, "after")).toEqual({ value, id: ID });
      expect(cursor.length).toBeLessThan(2_000);
    }),
  );
  const times = new Cursors("entitlements.EXPIRED_AT.DESC", "instantOrNever");
  fc.assert(
    fc.property(
      instants.map((at) => at.toISOString()),
      (value) => expect(times.read(times.write({ value, id: ID }), "after")).toEqual({ value, id: ID }),
    ),
  );
  expect(times.write({ value: INSTANT, id: ID }).length).toBeLessThan(150);
});
