import fc from "fast-check";
import type { App } from "../../src/app";
import type { Actor } from "../../src/auth/actor";
import { permissions, ruleOf } from "../../src/auth/permissions";
import { LIMITS } from "../../src/graphql/documents/limits";
import { checksumOf } from "../support/checksum";
import { schema } from "../support/demo-app";
import { serve, type Answer, type TestServer } from "../support/http";
import { openNeighbourhood, type Neighbourhood } from "../support/neighbours";
import { walks, type Sent, type Walk } from "../support/walk";
import { ada } from "../support/world";

/** More of them: `WALKS=10000 npx jest dist/test/http/walls.test.js`. A failure prints its seed, which `SEED` repeats. */
const { WALKS = "200", SEED } = process.env;
const chosen = (share = 1) => ({
  numRuns: Math.ceil(Number(WALKS) * share),
  endOnFailure: true,
  ...(SEED !== undefined && { seed: Number(SEED) }),
});

let world: Neighbourhood;
let app: App;
let server: TestServer;
beforeAll(async () => {
  world = await openNeighbourhood();
  app = world.app;
  server = await serve(app);
});
afterAll(async () => {
  await server.stop();
  await world.close();
});

const withoutId: Actor = { ...ada, userId: null };
const asking = fc.constantFrom(ada, ada, ada, withoutId, null);

/** A walk over all fields, or only those that a learner may ask for, as one forbidden field hides the others. */
const anyWalk = (operation: Walk["operation"], pool: () => readonly Sent[]) =>
  fc.integer({ min: 1, max: 10 }).chain((chance) =>
    walks(
      {
        schema,
        pool: pool(),
        instants: world.instants,
        depth: LIMITS.depth,
        mayAsk: (type, field) => chance === 1 || ruleOf(permissions, type, field)(ada),
      },
      operation,
    ),
  );

/** All that an answer says, with its cursors opened. */
function opened(text: string): string {
  const cursors = [...text.matchAll(/[Cc]ursor":"([\w-]+)"/g)].map(([, cursor]) => cursor!);
  return [text, ...cursors.map((cursor) => Buffer.from(cursor, "base64url").toString())].join("\n");
}

function expectNoSecret(text: string): void {
  const said = opened(text).toLowerCase();
  expect(world.secrets.filter((secret) => said.includes(secret))).toEqual([]);
}

/** Byte for byte; of several errors only their codes, as fields that run side by side may fail in any order. */
function expectSame(one: Answer, other: Answer): void {
  const isSimple = [one, other].every(({ body }) => (body.errors?.length ?? 0) < 2);
  const said = ({ body: { data, errors = [] } }: Answer) => ({
    data,
    codes: new Set(errors.map(({ extensions }) => extensions["code"])),
  });
  expect(said(one)).toEqual(said(other));
  if (isSimple) expect(`${one.status} ${one.text}`).toBe(`${other.status} ${other.text}`);
}

test("whatever a learner asks with somebody else's ids, nothing of theirs is told, nor that they exist", async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(
      asking,
      anyWalk("query", () => [...world.theirs, ...world.own]),
      async (who, walk) => {
        const first = await server.ask(who, walk.document, walk.variables);
        expectNoSecret(first.text);
        expect(first.text).not.toContain("INTERNAL");
        for (const variables of [walk.instead, walk.variables])
          expectSame(await server.ask(who, walk.document, variables), first);
        if (first.body.data) answered++;
      },
    ),
    chosen(),
  );
  expect(answered).toBeGreaterThan(Number(WALKS) / 3); // else it would hold because nothing is answered
}, 600_000);

test("whatever a learner commands with somebody else's ids, nothing changes, nor is told", async () => {
  const before = await checksumOf(app.db);
  await fc.assert(
    fc.asyncProperty(
      asking,
      anyWalk("mutation", () => world.theirs),
      async (who, walk) => {
        const answer = await server.ask(who, walk.document, walk.variables);
        expectNoSecret(answer.text);
        expect(answer.text).not.toContain("INTERNAL");
        expect(await checksumOf(app.db)).toEqual(before);
        expectSame(await server.ask(who, walk.document, walk.instead), answer);
      },
    ),
    chosen(0.5),
  );
}, 600_000);

test("whatever those ask who may see everything, it is answered, and compiled as it was interpreted", async () => {
  const all: Actor = { ...ada, isSupport: true, isStaff: true, isService: true, isSuperuser: true };
  let answered = 0;
  const { theirs, own, instants } = world;
  const walking = { schema, pool: [...theirs, ...own], instants, depth: LIMITS.depth, mayAsk: () => true };
  await fc.assert(
    fc.asyncProperty(walks(walking, "query"), async (walk) => {
      const interpreted = await server.ask(all, walk.document, walk.variables);
      expect(interpreted.text).not.toContain("INTERNAL");
      expectSame(await server.ask(all, walk.document, walk.variables), interpreted);
      if (interpreted.body.data) answered++;
    }),
    chosen(0.5),
  );
  expect(answered).toBeGreaterThan(Number(WALKS) / 6);
}, 600_000);
