import * as fc from "fast-check";
import { buildSchema, getOperationAST, getVariableValues, parse, validate, type GraphQLError } from "graphql";
import { renameLiteralErrors } from "../../src/engine/input-errors/literals";
import { nullChecker } from "../../src/engine/input-errors/nulls";
import { syntaxFault } from "../../src/engine/input-errors/syntax";
import { variableErrors } from "../../src/engine/input-errors/variables";

const schema = buildSchema(`
  enum Colour { RED GREEN }
  input Box { width: Int!, height: Int! = 1, colour: Colour, inner: Box, boxes: [Box!], names: [String!]! = [] }
  input Pair { left: Int!, right: Box!, middle: Int }
  type Query { pair(of: [Pair!]): ID  open(box: Box, boxes: [[Box]!], n: Int! = 5, colour: Colour! = RED): Query  id: ID }
  type Mutation { open(n: Int! = 5): ID }
`);
const operationOf = (text: string) => {
  const document = parse(text);
  return [document, getOperationAST(document)!] as const;
};

const [document, operation] = operationOf(
  "query ($box: Box!, $boxes: [[Box]!], $n: Int = 3, $c: Colour) { open(box: $box, boxes: $boxes, n: $n, colour: $c) { id } }",
);
const leaf = fc.oneof(fc.constantFrom("RED", "BLUE", 1, 2.5, true, null, "x"), fc.constant(undefined));
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.record(
      {
        width: tie("value"),
        height: leaf,
        colour: leaf,
        inner: tie("value"),
        boxes: tie("value"),
        names: tie("value"),
        depth: leaf,
        constructor: leaf,
      },
      { requiredKeys: [] },
    ),
  ),
}));

test("an error in the variables is reported exactly when graphql-js finds one", () => {
  let faulty = 0;
  fc.assert(
    fc.property(
      fc.record({ box: anything, boxes: anything, n: leaf, c: leaf }, { requiredKeys: [] }),
      (given) => {
        const variables = JSON.parse(JSON.stringify(given)) as Record<string, unknown>;
        const { errors = [] } = getVariableValues(schema, operation.variableDefinitions!, variables);
        const told = variableErrors(schema, document, operation, variables);
        expect(told.length > 0).toBe(errors.length > 0);
        for (const { message, extensions } of told) {
          expect(message).toMatch(
            /^Argument "[\w.[\]]+" of Query\.open, given by the variable \$\w+, [^"]+\.$/,
          );
          expect(extensions["code"]).toBe("BAD_USER_INPUT");
        }
        faulty += Number(errors.length > 0);
      },
    ),
    { numRuns: 150 },
  );
  expect(faulty).toBeGreaterThan(30);
});

test("after five faults nothing more is looked for", () => {
  let looks = 0;
  const wrong = () => Object.assign([], { toJSON: () => `${looks++}` }); // graphql-js writes it into its message
  const listing = buildSchema("type Query { nodes(ids: [ID!]!): ID }");
  const list = operationOf("query ($ids: [ID!]!) { nodes(ids: $ids) }");
  const variables = { ids: Array.from({ length: 30_000 }, wrong) };
  expect(variableErrors(listing, ...list, variables)).toHaveLength(5);
  expect(looks).toBeLessThan(20);
});

test("each error names the place and the rule, whatever text graphql-js has for it", () => {
  const told = (variables: Record<string, unknown>) =>
    variableErrors(schema, document, operation, variables).map(({ message }) =>
      message.replace(/ of Query\.open, given by the variable \$\w+,/, ""),
    );
  expect(told({ box: { inner: { height: null } } })).toEqual([
    'Argument "box.width" is required, of type Int!.',
    'Argument "box.inner.width" is required, of type Int!.',
    'Argument "box.inner.height" must be of type Int!.',
  ]);
  expect(told({ box: { width: 1, depth: 2, colour: "BLUE" } })).toEqual([
    'Argument "box.colour" must be of type Colour.',
    'Argument "box" has a field that Box! has not.',
  ]);
  expect(told({ box: { width: 1 }, boxes: [[{}], null] })).toEqual([
    'Argument "boxes[0][0].width" is required, of type Int!.',
    'Argument "boxes[1]" must be of type [Box]!.',
  ]);
  expect(told({ n: "many" })).toEqual([
    'Argument "box" is required, of type Box!.',
    'Argument "n" must be of type Int.',
  ]);
});

test.each<[text: string, variables: Record<string, unknown>, faults: string[]]>([
  ["query ($n: Int = 3) { open(n: $n) { id } }", { n: null }, ["n"]],
  ["query ($n: Int) { open(n: $n) { id } }", { n: null }, ["n"]],
  ["query ($n: Int) { open(n: $n) { id } }", {}, []],
  ["query ($n: Int! = 3) { open(n: $n) { id } }", { n: 3 }, []],
  ["query ($h: Int = 1) { open(box: { width: $h }) { id } }", { h: null }, ["box.width"]],
  ['query ($s: String = "") { open(box: { width: 1, names: [$s] }) { id } }', { s: null }, ["box.names"]],
  ["query ($i: Boolean = true) { id @include(if: $i) }", { i: null }, ["if"]],
  ["query ($n: Int = 3, $i: Boolean!) { open(n: $n) @include(if: $i) { id } }", { n: null, i: false }, []],
  ["query ($n: Int = 3, $i: Boolean!) { open(n: $n) @skip(if: $i) { id } }", { n: null, i: false }, ["n"]],
  [
    "query ($n: Int = 3) { ...F @skip(if: true) } fragment F on Query { open(n: $n) { id } }",
    { n: null },
    [],
  ],
  ["query ($n: Int = 3) { ...F } fragment F on Query { open(n: $n) { id } }", { n: null }, ["n"]],
  ["mutation ($n: Int = 3) { a: open b: open(n: $n) }", { n: null }, ["n"]],
])(
  "null in a place that must not be null is found before anything runs: %s with %j",
  (text, variables, faults) => {
    const check = nullChecker(schema);
    for (let sight = 1; sight <= 2; sight++)
      expect(check(...operationOf(text), variables).map(({ extensions }) => extensions["argument"])).toEqual(
        faults,
      );
  },
);

test("each required field that is missing in an object of the document is named", () => {
  const text =
    "{ pair(of: [{ middle: 1 }, { left: 1, right: { height: 2 } }, { left: null, right: {width: 1} }]) }";
  const document = parse(text);
  const found = validate(schema, document);
  renameLiteralErrors(schema, document, found);
  expect(found.map(({ message }) => message)).toEqual([
    'Argument "of.left" of Query.pair is required, of type Int!.',
    'Argument "of.right" of Query.pair is required, of type Box!.',
    'Argument "of.right.width" of Query.pair is required, of type Int!.',
    'Argument "of.left" of Query.pair must be of type Int!.',
  ]);
});

const syntaxFaultOf = (text: string) => {
  try {
    return parse(text, { maxTokens: 1_000 }) && null;
  } catch (error) {
    return syntaxFault(error as GraphQLError);
  }
};
const names = (count: number) => "a ".repeat(count);

test("the error for a document that cannot be parsed names the token, and the error for a long one its length", () => {
  expect(syntaxFaultOf(`{ ${names(998)} }`)).toBeNull();
  expect(syntaxFaultOf(`{ ${names(999)} }`)).toMatchObject({ code: "LIMIT_EXCEEDED" });
  expect(syntaxFaultOf(`{ "s3cr3t" ${names(2_000)} }`)).toEqual({
    code: "GRAPHQL_PARSE_FAILED",
    message: "Syntax Error: Unexpected String.",
  });
  expect(syntaxFaultOf('{ a(b: """s3cr3t')).toMatchObject({ code: "GRAPHQL_PARSE_FAILED" });
  for (const literal of ['"s3cr3t"', '"""s3cr3t"""', "31337", "3.1337e1"])
    for (const text of [`{ ${literal} }`, `query ${literal} { a }`, `{ a(${literal}: 1) }`, literal])
      expect(JSON.stringify(syntaxFaultOf(text))).not.toMatch(/s3cr3t|1337/);
});
