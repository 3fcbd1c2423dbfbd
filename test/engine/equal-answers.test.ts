import * as fc from "fast-check";
import {
  buildSchema,
  getOperationAST,
  parse,
  validate,
  type ExecutionResult,
  type GraphQLObjectType,
} from "graphql";
import { isCompilable } from "../../src/engine/execution/compiler";
import { executor } from "../../src/engine/execution/executor";

const schema = buildSchema(`
  interface Node { id: ID! }
  type Leaf implements Node { id: ID!, number(plus: Int! = 1): Int, fails(with: String): String, must: String! }
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
/** Every third leaf lacks what it must have, and every second one fails where it may. */
const { fails, must, number } = (schema.getType("Leaf") as GraphQLObjectType).getFields();
const branchFields = (schema.getType("Branch") as GraphQLObjectType).getFields();
branchFields["nodes"]!.resolve = ({ depth }: Branch) => [leaf(2), branch(depth + 1)];
branchFields["branch"]!.resolve = ({ depth }: Branch) => branch(depth + 1);
fails!.resolve = async ({ at }: Leaf, given: { with?: string }) => {
  await Promise.resolve();
  if (at % 2 === 0) throw new Error(`failed with ${given.with ?? "nothing"}`);
  return "fine";
};
must!.resolve = ({ at }: Leaf) => (at % 3 === 0 ? null : "there");
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
const leafField = fc.constantFrom(
  "id",
  "number",
  "number(plus: 5)",
  "number(plus: $a)",
  "number(plus: $b)",
  "fails",
  'fails(with: "x")',
  "must",
  "__typename",
);
const some = (field: fc.Arbitrary<string>) =>
  fc.array(
    fc.tuple(alias, field).map(([given, text]) => given + text),
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
      leafSet.map((set) => `nodes { id ... on Leaf ${set} }`),
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
      ...(text.includes("$b") ? ["$b: Int"] : []),
    ];
    const given = variables.length > 0 ? `(${variables.join(", ")})` : "";
    const name = isInherited ? "constructor" : "c";
    return `query ${name} ${given} { ${text} }`.replaceAll("$b", `$${name}`);
  })
  .filter((text) => validate(schema, parse(text)).length === 0);

test("whatever is asked, with whatever names and errors, is answered with the same bytes each time", async () => {
  const { executor: run } = await executor(schema).load({ apollo: {} });
  const seen = { compiled: 0, inherited: 0, severalErrors: 0 };
  await fc.assert(
    fc.asyncProperty(
      documents,
      fc.constantFrom({}, { a: 3 }, { constructor: 4, c: 4, a: 1 }),
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
        const isCompiled = isCompilable(schema, document, operation);
        seen.compiled += Number(isCompiled);
        seen.inherited += Number(!isCompiled);
        seen.severalErrors += Number(isCompiled && (first.errors?.length ?? 0) > 1);
      },
    ),
    { numRuns: 300 },
  );
  expect(Object.values(seen).filter((count) => count < 4)).toEqual([]);
});
