import * as fc from "fast-check";
import {
  buildSchema,
  getOperationAST,
  parse,
  validate,
  type ExecutionResult,
  type GraphQLObjectType,
} from "graphql";
import { executor } from "../../src/engine/execution/executor";

const schema = buildSchema(`
  scalar When
  enum Colour { RED BLUE }
  input Box { n: Int! = 9, colour: Colour, when: When, inner: [Box!] }
  interface Node { id: ID! }
  type Leaf implements Node { id: ID!, number(plus: Int! = 1): Int, fails(with: String): String, must: String!, says(of: [Box!] = [{ n: 0 }], at: When, in: Box, who: [ID]): String! }
  type Branch implements Node { id: ID!, leaf: Leaf, leaves: [Leaf!]!, some: [Leaf], branch: Branch!, nodes: [Node!] }
  type Query { branch: Branch, sure: Branch!, leaf(number: Int = 2): Leaf }
`);
const leaf = (number: number) => ({ __typename: "Leaf", id: `leaf-${number}`, at: number });
type Leaf = ReturnType<typeof leaf>;
const branch = (depth: number): object => ({
  __typename: "Branch",
  id: `branch-${depth}`,
  leaf: depth % 2 ? leaf(depth) : null,
  leaves: [leaf(1), leaf(2), leaf(3)],
  some: [leaf(3), null, leaf(4)],
  depth,
});
interface Branch {
  depth: number;
}
/** Every third leaf lacks a required value, and every second one fails where it may be null. */
const { fails, must, number, says } = (schema.getType("Leaf") as GraphQLObjectType).getFields();
const branchFields = (schema.getType("Branch") as GraphQLObjectType).getFields();
branchFields["nodes"]!.resolve = ({ depth }: Branch) => [leaf(2), branch(depth + 1)];
branchFields["branch"]!.resolve = ({ depth }: Branch) => branch(depth + 1);
fails!.resolve = async ({ at }: Leaf, given: { with?: string }) => {
  await Promise.resolve();
  if (at % 2 === 0) throw new Error(`failed with ${given.with ?? "nothing"}`);
  return "fine";
};
must!.resolve = ({ at }: Leaf) => (at % 3 === 0 ? null : "there");
says!.resolve = (_source, given) => JSON.stringify(given);
Object.assign(schema.getType("When")!, {
  parseValue: (value: unknown) => new Date(String(value)),
  parseLiteral: (value: { value: string }) => new Date(value.value),
});
number!.resolve = ({ at }: Leaf, { plus }: { plus: number }) => at + plus;
const { branch: asked, sure, leaf: one } = schema.getQueryType()!.getFields();
asked!.resolve = () => branch(1);
sure!.resolve = () => branch(2);
one!.resolve = (_source, given: { number: number }) => leaf(given.number);

const names = fc.constantFrom("a", "b", "__proto__", "constructor", "toString", "hasOwnProperty", "valueOf");
const alias = fc.oneof(
  { weight: 25, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: names.map((name) => `${name}: `) },
);
const failing = fc.constantFrom("fails", 'fails(with: "x")', "must");
const leafField = fc.oneof(
  { weight: 1, arbitrary: failing },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "id",
      "number",
      "number(plus: 5)",
      "number(plus: $a)",
      "number(plus: $b)",
      "__typename",
      'says(at: "2026-01-01")',
      "says(at: $w, of: [])",
      "says(of: null)",
      "says(of: { n: $a, colour: RED })",
      "says(of: [{ n: $a, when: $w }, { colour: BLUE, inner: [{ n: $b2 }, {}] }])",
      'says(in: { when: "2026-01-01", inner: { n: 1 } }, who: ["x", $x, null])',
      "says(in: { n: $n, when: $w }, who: $x)",
    ),
  },
);
const condition = fc.oneof(
  { weight: 8, arbitrary: fc.constant("") },
  fc.constantFrom(
    "@include(if: $i)",
    "@skip(if: $i)",
    "@skip(if: $j)",
    "@include(if: $j) @skip(if: $i)",
    "@skip(if: true)",
    "@include(if: false)",
    "@include(if: true)",
  ),
);
const some = (field: fc.Arbitrary<string>) =>
  fc.array(
    fc
      .tuple(alias, field, condition)
      .map(([given, text, only]) =>
        text.includes("{") && !text.startsWith("says")
          ? given + text.replace("{", `${only} {`)
          : `${given}${text} ${only}`,
      ),
    { minLength: 1, maxLength: 4 },
  );
const leafSet = some(leafField).map((fields) => `{ ${fields.join(" ")} }`);
const { branchSet } = fc.letrec<{ branchSet: string }>((tie) => ({
  branchSet: some(
    fc.oneof(
      { depthSize: "small" },
      fc.constantFrom("id", "__typename"),
      leafSet.map((set) => `leaf ${set}`),
      leafSet.map((set) => `leaves ${set}`),
      leafSet.map((set) => `some ${set}`),
      fc
        .tuple(leafSet, condition)
        .map(([set, only]) => `nodes { id ... on Leaf ${only} ${set} ... ${only} { __typename } }`),
      tie("branchSet").map((set) => `branch ${set}`),
    ),
  ).map((fields) => `{ ${fields.join(" ")} }`),
}));
const documents = fc
  .tuple(
    some(
      fc.oneof(
        branchSet.map((set) => `branch ${set}`),
        branchSet.map((set) => `sure ${set}`),
        leafSet.map((set) => `leaf(number: $a) ${set}`),
        leafSet.map((set) => `leaf ${set}`),
      ),
    ),
    fc.integer({ min: 0, max: 4 }).map((number) => number === 0),
  )
  .map(([fields, isInherited]) => {
    const text = fields.join(" ");
    const variables = [
      ...(text.includes("$a") ? ["$a: Int = 7"] : []),
      ...(/\$b\b/.test(text) ? ["$b: Int"] : []),
      ...(text.includes("$b2") ? ["$b2: Int! = 4"] : []),
      ...(text.includes("$i") ? ["$i: Boolean! = true"] : []),
      ...(text.includes("$j") ? ["$j: Boolean = false"] : []),
      ...(text.includes("$w") ? ["$w: When"] : []),
      ...(text.includes("$x") ? ["$x: ID"] : []),
      ...(text.includes("$n") ? ["$n: Int = 1"] : []),
    ];
    const given = variables.length > 0 ? `(${variables.join(", ")})` : "";
    const name = isInherited ? "constructor" : "c";
    return `query ${name} ${given} { ${text} }`.replace(/\$b\b/g, `$$${name}`);
  })
  .filter((text) => validate(schema, parse(text)).length === 0);

test("an operation with any names and errors is answered with the same bytes each time", async () => {
  const how: string[] = [];
  const { executor: run } = await executor(schema, { executed: (one) => how.push(one) }).load({ apollo: {} });
  const seen = { compiled: 0, inherited: 0, severalErrors: 0 };
  await fc.assert(
    fc.asyncProperty(
      documents,
      fc.constantFrom<object>(
        {},
        { a: 3, i: false },
        { constructor: 4, c: 4, a: 1, j: true },
        { i: false, j: true, w: "2026-02-02", x: "y", b2: 5, n: 3 },
      ),
      async (text, variables) => {
        const document = parse(text);
        const operation = getOperationAST(document)!;
        const ask = async () =>
          (await run!({
            document,
            operation,
            request: { variables },
            context: {},
          } as never)) as ExecutionResult;
        const first = await ask();
        for (let sight = 2; sight <= 3; sight++)
          expect(JSON.stringify(await ask())).toBe(JSON.stringify(first));
        const isInherited = /__proto__|constructor|toString|hasOwnProperty|valueOf/.test(text);
        const isWhole = !first.errors;
        if (isInherited) expect(how.splice(0)).not.toContain("compiled");
        seen.inherited += Number(isInherited);
        seen.severalErrors += Number(!isInherited && (first.errors?.length ?? 0) > 1);
        seen.compiled += Number(isWhole && how.splice(0).includes("compiled"));
      },
    ),
    { numRuns: 400 },
  );
  expect(Object.values(seen).filter((count) => count < 4)).toEqual([]);
});
