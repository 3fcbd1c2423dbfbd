import { actor, ask, useDemoApp } from "../support/demo-app";
import { fillLists, lists } from "../support/lists";
import { statementsOf } from "../support/statements";

const app = useDemoApp();
const hopper = actor("hopper", { isStaff: true });
beforeAll(() => fillLists(app));

interface Read {
  edges: { cursor: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
  totalCount?: number;
}

/** The page of a list; of a list that several objects of an answer have, the page of that one which has the longest. */
function reader(path: string) {
  let place: number | undefined;
  const total = COUNTED.test(path) ? "totalCount" : "";
  const page = path.replace(
    "@)",
    `first: $first, after: $after, last: $last, before: $before) { ${total} edges { cursor }
       pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`,
  );
  const document = `query ($first: Int, $after: String, $last: Int, $before: String) { ${page} }`;
  return async (variables: Record<string, unknown>): Promise<Read> => {
    const { data, errors } = await ask(app, hopper, document, variables);
    expect(errors).toBeUndefined();
    const found: Read[] = [];
    JSON.stringify(data, (_, value: unknown) => {
      if (typeof value === "object" && value !== null && "pageInfo" in value) found.push(value as Read);
      return value;
    });
    place ??= found.indexOf(found.toSorted((one, other) => other.edges.length - one.edges.length)[0]!);
    return found[place]!;
  };
}
const COUNTED = /(history|refunds|enrollmentCalls|entitlements|supportDetails)\([^()]*@\)/;

async function aCursorOf(path: string): Promise<string> {
  return (await reader(path)({ first: 1 })).pageInfo.startCursor;
}

/** All of a list, page by page; every page says truly whether there is more on each side of it. */
async function readAll(read: ReturnType<typeof reader>, isBackward: boolean): Promise<string[]> {
  const all: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page: Read = await read(isBackward ? { last: 7, before: cursor } : { first: 4, after: cursor });
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    const cursors = page.edges.map((edge) => edge.cursor);
    expect([startCursor, endCursor]).toEqual([cursors[0], cursors.at(-1)]);
    expect(isBackward ? hasNextPage : hasPreviousPage).toBe(all.length > 0);
    if (isBackward) all.unshift(...cursors);
    else all.push(...cursors);
    if (page.totalCount !== undefined) total = page.totalCount;
    if (!(isBackward ? hasPreviousPage : hasNextPage)) return all;
    cursor = isBackward ? startCursor : endCursor;
  }
}
let total: number | undefined;

test.each(lists)(
  "%s is the same read forward and backward, and its pages say what is around them",
  async (what, path) => {
    total = undefined;
    const read = reader(path);
    const all = await readAll(read, false);
    expect(await readAll(read, true)).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
    if (!/^(Query\.(courses|supportAgents)|Webhook\.deadLetters)/.test(what)) expect(total).toBe(all.length);
    const [first, last] = [all[0]!, all.at(-1)!];
    const beyond = { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null };
    expect(await read({ after: last })).toMatchObject({ edges: [], pageInfo: beyond });
    expect(await read({ before: first })).toMatchObject({
      edges: [],
      pageInfo: { ...beyond, hasNextPage: true, hasPreviousPage: false },
    });
    expect((await read({})).edges.map(({ cursor }) => cursor)).toEqual(all.slice(0, 20));
  },
);

test.each([
  ["first: 2, last: 2, before: $cursor", "last", "first"],
  ["first: 2, before: $cursor", "before", "first"],
  ["after: $cursor, last: 2", "last", "after"],
  ["after: $cursor, before: $cursor", "before", "after"],
])("a list is read in one direction: not with %s", async (args, argument, other) => {
  for (const [, path] of lists) {
    const document = `query ($cursor: String) { ${path.replace("@)", `${args}) { edges { cursor } }`)} }`;
    const { errors } = await ask(app, hopper, document, { cursor: await aCursorOf(path) });
    expect(errors![0]!.message).toBe(`Argument "${argument}" must not be given with "${other}".`);
    expect(errors![0]!.extensions["code"]).toBe("BAD_USER_INPUT");
  }
});

test("the error for a faulty cursor names its argument", async () => {
  const { errors } = await ask(app, hopper, '{ history(before: "bogus") { edges { cursor } } }');
  expect(errors![0]!.message).toBe('Argument "before" is not a cursor of this list.');
});

test.each(["history", "supportDetails"])(
  "what is around the pages of %s is asked once, however many objects have one",
  async (list) => {
    const path = `entitlements(first: 50) { edges { node { ${list}(@) } } }`;
    const cursor = await aCursorOf(path);
    const inner = `${list}(last: 1, before: "${cursor}") { totalCount pageInfo { hasNextPage hasPreviousPage } }`;
    const statements = async (first: number) => {
      const sent = await statementsOf(() =>
        ask(app, hopper, `{ entitlements(first: ${first}) { edges { node { ${inner} } } } }`),
      );
      return sent.length;
    };
    expect(await statements(50)).toBe(4);
    expect(await statements(3)).toBe(4);
  },
);
