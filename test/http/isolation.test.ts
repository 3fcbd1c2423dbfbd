import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Actor } from "../../src/auth/actor";
import { whoMayAsk } from "../../src/auth/permissions";
import { LIMITS } from "../../src/engine/documents/limits";
import { permissionsOf } from "../../src/graphql/permissions";
import { checksumOf } from "../support/checksum";
import { schema } from "../support/demo-app";
import { serve, type Answer, type TestServer } from "../support/http";
import { fillNeighbourhood, type Neighbourhood } from "../support/other-learners";
import { walks, type Sent, type Walk } from "../support/walk";
import { ada, useApp } from "../support/world";

/** More of them: `WALKS=10000 npx jest dist/test/http/isolation.test.js`. A failure prints its seed, which `SEED` repeats. */
const { WALKS = "100", SEED } = process.env;
const chosen = (share = 1) => ({
  numRuns: Math.ceil(Number(WALKS) * share),
  endOnFailure: true,
  ...(SEED !== undefined && { seed: Number(SEED) }),
});

const permissions = permissionsOf(schema);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_001;

const app = useApp();
let world: Neighbourhood;
let server: TestServer;
let aheadMs = 0;
beforeAll(async () => {
  world = await fillNeighbourhood(app);
  await app.committer.settle(true); // otherwise entries get their positions while answers are compared
  server = await serve({ ...app, clock: () => new Date(Date.now() + aheadMs) });
});
afterAll(() => server.stop());

const withoutId: Actor = { ...ada, userId: null };
const asking = fc.constantFrom(ada, ada, ada, withoutId, null);

/** The public data of courses, also those of another learner. */
const CATALOG: ReadonlySet<string> = new Set(["course", "courses"]);

/** A walk over all fields, or only those that a learner may ask for, as one forbidden field hides the others. */
const anyWalk = (operation: Walk["operation"], pool: () => readonly Sent[]) =>
  fc.integer({ min: 1, max: 10 }).chain((chance) =>
    walks(
      {
        schema,
        pool: pool(),
        instants: world.instants,
        depth: LIMITS.depth,
        mayAsk: (type, field) =>
          !(type === "Query" && CATALOG.has(field)) &&
          (chance === 1 || whoMayAsk(permissions, type, field).allows(ada)),
      },
      operation,
    ),
  );

/** The content of an answer, with its cursors decoded. */
function opened(text: string): string {
  const cursors = [...text.matchAll(/[Cc]ursor":"([\w-]+)"/g)].map(([, cursor]) => cursor!);
  return [text, ...cursors.map((cursor) => Buffer.from(cursor, "base64url").toString())].join("\n");
}

function expectNoSecret(text: string): void {
  const said = opened(text).toLowerCase();
  expect(world.secrets.filter((secret) => said.includes(secret))).toEqual([]);
}

/** When several concurrent fields fail, the error of any of them may be reported, so only its code is compared. */
function outline({ status, body: { data, errors = [] } }: Answer) {
  return { status, data, codes: new Set(errors.map(({ extensions }) => extensions["code"])) };
}

/**
 * Asks, and leaves out of the answer what moves on with every request: the rest of the actor's budget, and the instant up
 * to which history is settled.
 */
async function ask(who: Actor | null, { document, variables }: Pick<Walk, "document" | "variables">) {
  const answer = await server.ask(who, document, variables);
  const aliases = [...document.matchAll(/(\w+): settledUntil\b/g)].map(([, alias]) => alias);
  const moving = new RegExp(`"(settledUntil${aliases.map((alias) => `|${alias}`).join("")})":"[^"]*"`, "g");
  const text = answer.text.replace(/"remaining":\d+/, '"remaining":0').replaceAll(moving, '"$1":""');
  return { ...answer, text, body: JSON.parse(text) as Answer["body"] };
}

/**
 * Compares byte for byte, except the order of errors, which depends on a race; a difference that disappears on
 * repetition is one.
 */
async function expectSame(one: Answer, again: () => Promise<Answer>): Promise<void> {
  const said = ({ status, text, body: { errors } }: Answer) =>
    errors
      ? [status, text.length, ...errors.map((error) => JSON.stringify(error)).toSorted()]
      : [status, text];
  let other = await again();
  for (let tries = 1; tries < 5 && one.body.errors && !isDeepStrictEqual(said(other), said(one)); tries++)
    other = await again();
  expect(said(other)).toEqual(said(one));
  expect(other.body.data).toEqual(one.body.data);
}

test("a query with the ids of another learner reveals neither their data nor their existence", async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(
      asking,
      anyWalk("query", () => [...world.theirs, ...world.own]),
      async (who, walk) => {
        aheadMs += MINUTE_MS; // so that no limit of a minute answers instead
        const first = await ask(who, walk);
        expectNoSecret(first.text);
        expect(first.text).not.toContain("INTERNAL");
        const second = await ask(who, walk);
        expect(outline(second)).toEqual(outline(first));
        await expectSame(second, () => ask(who, { ...walk, variables: walk.instead }));
        if (first.body.data) answered++;
      },
    ),
    chosen(),
  );
  expect(answered).toBeGreaterThan(Number(WALKS) / 5); // otherwise it would hold because nothing is answered
}, 600_000);

test("a mutation with the ids of another learner changes nothing and reveals nothing", async () => {
  const before = await checksumOf(app.db);
  await fc.assert(
    fc.asyncProperty(
      asking,
      anyWalk("mutation", () => world.theirs),
      async (who, walk) => {
        aheadMs += HOUR_MS; // so that no limit of an hour answers instead
        const answer = await ask(who, walk);
        expect(answer.status).not.toBe(429);
        expectNoSecret(answer.text);
        expect(answer.text).not.toContain("INTERNAL");
        expect(await checksumOf(app.db)).toEqual(before);
        await expectSame(answer, () => ask(who, { ...walk, variables: walk.instead }));
      },
    ),
    chosen(0.5),
  );
}, 600_000);

const all: Actor = { ...ada, isSupport: true, isStaff: true, isService: true, isSuperuser: true };
const ALL_ROLES = "an actor with all roles gets no fault of ours";
const everything = () => ({
  schema,
  pool: [...world.theirs, ...world.own],
  depth: LIMITS.depth,
  mayAsk: () => true,
});

test(`${ALL_ROLES}, and compiled execution answers like interpreted execution`, async () => {
  let answered = 0;
  const { instants } = world;
  await fc.assert(
    fc.asyncProperty(walks({ ...everything(), instants }, "query"), async (walk) => {
      const interpreted = await ask(all, walk);
      expect(interpreted.text).not.toContain("INTERNAL");
      const compiled = await ask(all, walk);
      expect(outline(compiled)).toEqual(outline(interpreted));
      if (interpreted.body.data) answered++;
    }),
    chosen(),
  );
  expect(answered).toBeGreaterThan(Number(WALKS) / 10);
}, 600_000);

test(`${ALL_ROLES} from any mutation`, async () => {
  const { instants } = world;
  await fc.assert(
    fc.asyncProperty(walks({ ...everything(), instants }, "mutation"), async (walk) => {
      const { status, text } = await ask(all, walk);
      expect(status).toBeLessThan(500);
      expect(text).not.toContain("INTERNAL");
    }),
    chosen(0.5),
  );
}, 600_000);
