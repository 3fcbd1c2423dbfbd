import { buildSchema, getOperationAST, parse, validate } from "graphql";
import type { Permissions } from "../../src/auth/permissions";
import { anyone, support } from "../../src/auth/who";
import { authorizer } from "../../src/engine/documents/authorize";
import { ada, grace } from "../support/demo-app";

const schema = buildSchema(`
  interface Node { id: ID! }
  type Book implements Node { id: ID! title: String notes: [Note!]! }
  type Note implements Node { id: ID! text: String book: Book! }
  type Ghost { id: ID }
  union Hit = Book | Note
  type Query { book: Book node: Node search: [Hit!]! ghost: Ghost }
  type Mutation { burn: Book }
`);
const permissions: Permissions = {
  Query: { book: anyone, node: anyone, search: anyone, ghost: anyone },
  Node: { "*": anyone },
  Book: { "*": anyone, notes: support },
  Note: { "*": support },
};

const decide = authorizer(schema, permissions, (actor) => actor?.isSupport === true);
function denial(
  source: string,
  actor: typeof ada | null = ada,
  operationName?: string,
  variables: Record<string, unknown> = {},
) {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  return decide(document, getOperationAST(document, operationName)!, actor, variables);
}

test.each([
  ["a field of their own", "{ book { id title } }"],
  ["a field of an interface, of an object of their own", "{ book { ... on Node { id } } }"],
  ["the same, deeper", "{ book { ... { ... on Node { ... on Book { title } id } } } }"],
  ["__typename, anywhere", "{ __typename book { __typename } search { __typename } }"],
])("a learner may ask for %s", (_, source) => {
  expect(denial(source)).toBeNull();
});

test("only the operation that runs is checked, whatever else the document contains", () => {
  const source = "query Mine { book { id } } query Theirs { book { notes { id } } }";
  expect(denial(source, ada, "Mine")).toBeNull();
  expect(denial(source, ada, "Theirs")).toMatchObject({ code: "FORBIDDEN" });
});

test.each([
  ["by name", "{ book { notes { id } } }", "Book.notes"],
  ["under an alias", "{ book { id: notes { __typename } } }", "Book.notes"],
  ["in a fragment", "{ book { ...F } } fragment F on Book { notes { __typename } }", "Book.notes"],
  [
    "in a fragment of a fragment",
    "{ book { ...F } } fragment F on Book { ...G } fragment G on Book { notes { __typename } }",
    "Book.notes",
  ],
  ["in an inline fragment", "{ book { ... on Book { notes { __typename } } } }", "Book.notes"],
  ["in an inline fragment without a type", "{ book { ... { notes { __typename } } } }", "Book.notes"],
  ["behind an interface", "{ node { ... on Note { text } } }", "Note.text"],
  ["as a field of the interface that one type behind it restricts", "{ node { id } }", "Note.id"],
  ["behind a union", "{ search { ... on Note { text } } }", "Note.text"],
  ["behind a union, through an interface", "{ search { ... on Node { id } } }", "Note.id"],
  ["behind an interface that it cannot be", "{ book { ... on Node { ... on Note { text } } } }", "Note.text"],
  [
    "of an interface in a fragment that could be spread anywhere",
    "{ book { ...F } } fragment F on Node { id }",
    "Note.id",
  ],
  ["where it would be skipped", "{ book { notes @skip(if: true) { __typename } } }", "Book.notes"],
  ["of a type that has no rule", "{ ghost { id } }", "Ghost.id"],
  ["of a mutation that has no rule", "mutation { burn { id } }", "Mutation.burn"],
])("a learner may not ask for a restricted field %s", (_, source, coordinate) => {
  expect(denial(source)).toEqual({
    code: "FORBIDDEN",
    message: expect.stringMatching(`^Not allowed: ${coordinate} requires `) as string,
  });
});

const CONDITIONAL: [where: string, selection: string, fragment?: string][] = [
  ["on the field", "notes @include(if: $x) { id }"],
  ["on the field, by its opposite", "notes @skip(if: $y) { id }"],
  ["on an inline fragment", "... @include(if: $x) { notes { id } }"],
  ["on a spread", "...F @include(if: $x)", "fragment F on Book { notes { id } }"],
  ["inside of a fragment", "...F", "fragment F on Book { notes @include(if: $x) { id } }"],
  [
    "on what it is in",
    "... @include(if: $x) { ... on Book { ...F } }",
    "fragment F on Book { notes { id } }",
  ],
];
test.each(CONDITIONAL)(
  "a selection that a variable leaves out %s is not checked, and every other selection is",
  (_, selection, fragment = "") => {
    const source = (head: string) => `query ${head} { book { id ${selection} } } ${fragment}`;
    const ask = (head: string, variables = {}) => denial(source(head), ada, undefined, variables);
    const name = selection.includes("$y") || fragment.includes("$y") ? "y" : "x";
    const left = name === "y";
    const head = `($${name}: Boolean!)`;
    expect(ask(head, { [name]: left })).toBeNull();
    expect(ask(`($${name}: Boolean! = ${left})`)).toBeNull();
    for (const value of [!left, undefined, null, 0, 1, "", "false", "true", []])
      expect(ask(head, value === undefined ? {} : { [name]: value })).toMatchObject({ code: "FORBIDDEN" });
    expect(ask(`($${name}: Boolean! = ${left})`, { [name]: !left })).toMatchObject({ code: "FORBIDDEN" });
    expect(ask(`($${name}: Boolean! = ${!left})`)).toMatchObject({ code: "FORBIDDEN" });
  },
);

test("a field that is selected twice, once with and once without a condition, is checked", () => {
  const twice = "query ($x: Boolean!) { book { notes @include(if: $x) { id } notes { id } } }";
  expect(denial(twice, ada, undefined, { x: false })).toMatchObject({ code: "FORBIDDEN" });
});

test("the answer for one value of a variable is not remembered for another", () => {
  const document = parse("query ($x: Boolean!) { book { notes @include(if: $x) { id } } }");
  const operation = getOperationAST(document)!;
  const codes = [false, true, false].map((x) => decide(document, operation, ada, { x })?.code);
  expect(codes).toEqual([undefined, "FORBIDDEN", undefined]);
});

test("an actor with the permission gets the field", () => {
  expect(denial("{ book { notes { id text } } node { id } }", grace)).toBeNull();
});

test("a field without a rule is refused to everyone", () => {
  expect(denial("{ ghost { id } }", { ...grace, isStaff: true, isSuperuser: true })).toMatchObject({
    code: "FORBIDDEN",
  });
});

test.each([
  "{ book { id } }",
  "{ ghost { id } }",
  "mutation { burn { id } }",
  "{ __schema { types { name } } }",
])("an anonymous caller may not ask %s", (source) =>
  expect(denial(source, null)).toMatchObject({ code: "UNAUTHENTICATED" }),
);

test("every caller may ask for __typename, as health checks do", () => {
  expect(denial("{ __typename }", null)).toBeNull();
});

test("introspection needs its own permission, and the fields below it are not checked", () => {
  const source =
    '{ __schema { types { ...F } } __type(name: "Ghost") { name } } fragment F on __Type { name }';
  expect(denial(source, grace)).toBeNull();
  expect(denial(source, ada)).toEqual({
    code: "FORBIDDEN",
    message: "Not allowed: introspection requires the staff role.",
  });
});

test("the answer for one actor is not remembered for another", () => {
  const document = parse("{ book { notes { id } } }");
  const operation = getOperationAST(document)!;
  const codes = [ada, grace, null, ada].map((actor) => decide(document, operation, actor)?.code);
  expect(codes).toEqual(["FORBIDDEN", undefined, "UNAUTHENTICATED", "FORBIDDEN"]);
});
