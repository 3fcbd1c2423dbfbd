import * as fc from "fast-check";
import { buildSchema, getOperationAST, parse, type ExecutionResult, type GraphQLObjectType } from "graphql";
import { executor } from "../../src/engine/execution/executor";
import { ada, useDemoApp } from "../support/demo-app";
import { serve } from "../support/http";

const app = useDemoApp();

test("an instant that JavaScript cannot read makes its request fail each time, and the server continues", async () => {
  const server = await serve(app);
  const constraints = `select conname as name, conrelid::regclass::text as "table" from pg_constraint
    where conrelid in ('course_entitlement'::regclass, 'historical_course_entitlement'::regclass) and contype = 'c'`;
  for (const { name, table } of await app.db.query<{ name: string; table: string }[]>(constraints))
    await app.db.query(`alter table ${table} drop constraint "${name}"`);
  await app.db.query("update course_entitlement set created_at = 'infinity' where user_id = $1", [
    ada.userId,
  ]);
  try {
    for (const page of ["edges { cursor }", "pageInfo { startCursor endCursor }"])
      for (let sight = 1; sight <= 3; sight++) {
        const { body } = await server.ask(ada, `{ viewer { entitlements(first: 1) { ${page} } } }`);
        const codes = new Set(body.errors!.map(({ extensions }) => extensions["code"]));
        expect([...codes]).toEqual(["INTERNAL_SERVER_ERROR"]);
      }
    expect((await server.ask(ada, "{ viewer { username } }")).body.data).toEqual({
      viewer: { username: "ada" },
    });
  } finally {
    await server.stop();
  }
});

const TYPES = `
  interface Named { name: String }
  type Thing implements Named { name: String, must: String!, date: Int, part: Thing, parts: [Thing!], sure: [Thing!]!, later: Thing, laters: [Thing] }
  type Query { thing: Thing, named: Named, things: [Thing!]! }
`;
const FIELDS = ["name", "must", "date", "part", "parts", "sure", "laters", "__typename"];

/** An object with properties that throw when they are read, or have values that their type cannot show. */
function thing(throwing: ReadonlySet<string>, depth = 0): object {
  const inner = () => (depth > 2 ? null : thing(throwing, depth + 1));
  const values: Record<string, () => unknown> = {
    __typename: () => "Thing",
    name: () => "a name",
    must: () => "a text",
    date: () => (throwing.has("serializer") ? "not a number" : 7),
    part: inner,
    parts: () => [inner()].filter(Boolean),
    sure: () => [thing(throwing, 9)],
    laters: () => [Promise.resolve(inner())],
    depth: () => depth,
  };
  const own = {};
  for (const [name, read] of Object.entries(values))
    Object.defineProperty(own, name, {
      enumerable: true,
      get() {
        if (throwing.has(name)) throw new TypeError(`${name} cannot be read`);
        return read();
      },
    });
  return own;
}

function serving(throwing: ReadonlySet<string>) {
  const schema = buildSchema(TYPES);
  const later = async (value: unknown) => {
    await new Promise(setImmediate);
    return value;
  };
  (schema.getType("Thing") as GraphQLObjectType).getFields()["later"]!.resolve = () =>
    later(thing(throwing, 1));
  const { thing: one, named, things } = schema.getQueryType()!.getFields();
  one!.resolve = named!.resolve = () => later(thing(throwing));
  things!.resolve = () => later([thing(throwing), thing(new Set()), thing(throwing)]);
  return executor(schema).load({ apollo: {} });
}

const set = fc.letrec<{ set: string }>((tie) => ({
  set: fc
    .array(
      fc.oneof(
        { depthSize: "small" },
        fc.constantFrom("name", "must", "date", "__typename"),
        fc
          .tuple(fc.constantFrom("part", "parts", "sure", "later", "laters"), tie("set"))
          .map(([name, inner]) => `${name} ${inner}`),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((fields) => `{ ${fields.join(" ")} }`),
})).set;

test("when getters or serializers throw, the answer is the interpreter's, and no rejection is left unhandled", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", note);
  let failed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.subarray([...FIELDS.filter((name) => !name.startsWith("__")), "serializer"]),
      fc.constantFrom("thing", "things"),
      set,
      async (throwing, root, selection) => {
        const { executor: run } = await serving(new Set(throwing));
        const document = parse(`{ ${root} ${selection} named { name } }`);
        const operation = getOperationAST(document)!;
        const asked = { document, operation, request: {}, context: {} } as never;
        const answers: string[] = [];
        for (let sight = 1; sight <= 3; sight++)
          answers.push(JSON.stringify((await run!(asked)) as ExecutionResult));
        expect(new Set(answers).size).toBe(1);
        failed += Number(answers[0]!.includes("cannot be read"));
      },
    ),
    { numRuns: 60 },
  );
  await new Promise(setImmediate);
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
  expect(failed).toBeGreaterThan(8);
});
