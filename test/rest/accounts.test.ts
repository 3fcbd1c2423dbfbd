import { UserAccount } from "../../src/entities/accounts/user-account";
import { CourseEntitlement } from "../../src/entities/course-entitlement";
import type { Actor } from "../../src/auth/actor";
import { checkProof, type ProofFile } from "../../src/proof/check-proof";
import { prove } from "../../src/proof/sealed/prove";
import { proveEntry } from "../../src/proof/sealed/prove-entry";
import { Sealer } from "../../src/proof/sealed/sealer";
import { retiredNames } from "../../src/rules/accounts/retired-names";
import { inSnapshot } from "../../src/store/snapshot";
import { transact } from "../../src/store/transact";
import { newSigner } from "../proof/signers";
import { ada, auditor, bob, grace, useDemoApp } from "../support/demo-app";
import { serve, type TestServer } from "../support/http";
import { statementsOf } from "../support/statements";
import { tablesWith } from "../support/texts";
import { asRest, example, hopper, shop } from "./asking";

const SALTS = ["the first salt, with a comma", "the second salt"];
const naming = { salts: SALTS, format: "retired__user_{}" };
const RETIRED_USER_SALTS = JSON.stringify(SALTS);
const MALLORY = "Mallory_Of_The_Test";

const app = useDemoApp();
const servers: TestServer[] = [];
async function serving(settings: Record<string, string>) {
  const server = await serve(app, settings);
  servers.push(server);
  return asRest(server, "/api/v1/accounts/");
}
let ask: ReturnType<typeof asRest>;
beforeAll(async () => {
  ask = await serving({ RETIRED_USER_SALTS });
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

const retiring = (username: unknown, asking: Actor | null = shop, send = ask) =>
  send(asking, "retire/", { method: "POST", body: { username } });
const replacing = (mappings: unknown, asking: Actor | null = shop) =>
  ask(asking, "replace_usernames/", { method: "POST", body: { username_mappings: mappings } });
let newest = 5_000;
async function anAccount(username: string): Promise<string> {
  const id = String(++newest);
  await app.db.manager.insert(UserAccount, { id, username, name: "A Name", email: `${id}@example.org` });
  return id;
}
async function usernameOf(id: string): Promise<string> {
  return (await app.db.manager.findOneByOrFail(UserAccount, { id })).username;
}

describe("POST retire/", () => {
  const signer = newSigner("history.example");
  const sealed = async () => {
    await app.committer.settle(true);
    await new Sealer(app.db, () => signer).seal();
    const sql = "select note from history_checkpoint order by size desc limit 1";
    return (await app.db.query<[{ note: string }]>(sql))[0].note;
  };
  let id: string;
  let before: string;
  let proof: string;
  beforeAll(async () => {
    id = await anAccount(MALLORY);
    const change = {
      userId: id,
      userLabel: MALLORY,
      reason: "test",
      source: "API",
      requestId: null,
    } as const;
    await transact(app.db, change, (tx) => tx.save(CourseEntitlement, { id: example(1), mode: "honor" }));
    before = await sealed();
    const [entry] = await app.db.query<[{ id: string }]>(
      "select history_id as id from historical_course_entitlement where history_user_label = $1",
      [MALLORY],
    );
    const { checkpoint, ...proven } = (await proveEntry(app.db, entry.id))!;
    proof = JSON.stringify({ ...proven, checkpoint: checkpoint.note } satisfies ProofFile);
  });

  test("who may retire an account: services and staff, as for the mutation", async () => {
    const statuses: number[] = [];
    for (const asking of [null, ada, grace, auditor, { ...hopper, isReadOnly: true }])
      statuses.push((await retiring(MALLORY, asking)).status);
    expect(statuses).toEqual([401, 403, 403, 403, 403]);
    for (const asking of [shop, hopper]) expect((await retiring("unknown", asking)).status).toBe(404);
    expect(await usernameOf(id)).toBe(MALLORY);
  });

  test("the account gets the retired username of the newest salt, and nothing names it any more", async () => {
    expect(await retiring(MALLORY)).toMatchObject({ status: 204, text: "" });
    expect(await app.db.manager.findOneByOrFail(UserAccount, { id })).toMatchObject({
      username: retiredNames(MALLORY, naming)[0],
      name: null,
      email: null,
      isActive: false,
    });
    expect(await tablesWith(app.db, MALLORY)).toEqual([]);
  });

  test("a repeat by the old username is 204 and changes nothing, also in another case and by the retired name", async () => {
    const sql = "select count(*)::int as erasures from historical_history_erasure";
    const count = async () => (await app.db.query<[{ erasures: number }]>(sql))[0].erasures;
    const erasures = await count();
    for (const name of [MALLORY, MALLORY.toLowerCase(), retiredNames(MALLORY, naming)[0]])
      expect((await retiring(name)).status).toBe(204);
    expect(await usernameOf(id)).toBe(retiredNames(MALLORY, naming)[0]);
    expect(await count()).toBe(erasures);
  });

  test("what was proven before still is, and the history is as it was sealed", async () => {
    expect(checkProof(proof, signer.vkey, before)).toMatchObject({ history_user_label: MALLORY });
    const outside = [before, await sealed()].map((note, index) => ({ where: `file ${index}`, note }));
    const { faults } = await inSnapshot(app.db, (tx) =>
      prove(tx, { vkey: signer.vkey, outside, witnesses: [] }),
    );
    expect(faults).toEqual([]);
  });

  test("an account that the LMS has retired with an older salt is forgotten, and keeps its name", async () => {
    const [, older] = retiredNames("nina", naming);
    const nina = await anAccount(older!);
    expect((await retiring("nina")).status).toBe(204);
    expect(await app.db.manager.findOneByOrFail(UserAccount, { id: nina })).toMatchObject({
      username: older,
      name: null,
      isActive: false,
    });
  });

  test("when another account has the retired name already, the answer is 409 and nothing changes", async () => {
    await anAccount(retiredNames("otto", naming)[0]!);
    const otto = await anAccount("otto");
    expect(await retiring("otto")).toMatchObject({
      status: 409,
      body: { message: "Another account has this username. Nothing has changed." },
    });
    expect(await usernameOf(otto)).toBe("otto");
  });

  test("a username is exact: one in another case may be another learner's", async () => {
    const paul = await anAccount("paul");
    expect(await retiring("Paul")).toMatchObject({ status: 404, body: { detail: "Not found." } });
    expect(await usernameOf(paul)).toBe("paul");
  });

  const rule = "Enter a username: 1 to 150 letters, digits, and the characters @ . + - _ without blanks.";
  test.each([
    [undefined, "This field is required."],
    [null, "This field may not be null."],
    [12, "Not a valid string."],
    [["ada"], "Not a valid string."],
    ["", rule],
    ["a b", rule],
    ["?1", rule],
    ["a".repeat(151), rule],
  ])("a body with the username %j is refused", async (username, text) => {
    expect(await retiring(username)).toMatchObject({ status: 400, body: { username: [text] } });
  });

  test("a longer body than is allowed, no JSON, and other methods are refused", async () => {
    const post = (body: unknown) => ask(shop, "retire/", { method: "POST", body });
    const headers = { "content-type": "application/json" };
    expect((await post({ username: "x".repeat(20_000) })).status).toBe(413);
    expect((await ask(shop, "retire/", { method: "POST", body: "{", headers })).status).toBe(400);
    expect((await ask(shop, "retire/")).status).toBe(405);
    expect((await ask(shop, "retire/1")).status).toBe(404);
  });

  test("without salts the answer names the setting, and nothing changes", async () => {
    const unsalted = await serving({});
    const zoe = await anAccount("zoe");
    expect(await retiring("zoe", shop, unsalted)).toMatchObject({
      status: 501,
      body: { detail: expect.stringContaining("RETIRED_USER_SALTS is not set") as string },
    });
    expect(await usernameOf(zoe)).toBe("zoe");
  });

  test("accounts are retired while the LMS still changes entitlements, in the form of its settings, and no salt is logged", async () => {
    const settings = {
      RETIRED_USER_SALTS,
      REST_FACADE: "read-only",
      RETIRED_USERNAME_FORMAT: "gone.{}@x",
    };
    const other = await serving(settings);
    const yves = await anAccount("yves");
    expect((await retiring("yves", hopper, other)).status).toBe(204);
    expect((await retiring("yves", hopper, other)).status).toBe(204);
    expect(await usernameOf(yves)).toBe(retiredNames("yves", { ...naming, format: "gone.{}@x" })[0]);
    for (const { logged } of servers) expect(JSON.stringify(logged)).not.toContain("salt");
  });
});

describe("POST replace_usernames/", () => {
  test("the answer has the form of the LMS: what was replaced, and what was not", async () => {
    const [kim, lea] = [await anAccount("kim"), await anAccount("lea")];
    expect(await replacing([{ kim: "kay" }, { lea: "ada" }, { nobody: "no_one" }])).toMatchObject({
      status: 200,
      body: {
        successful_replacements: [{ kim: "kay" }, { nobody: "no_one" }],
        failed_replacements: [{ lea: "ada" }],
      },
    });
    expect([await usernameOf(kim), await usernameOf(lea)]).toEqual(["kay", "lea"]);
  });

  test("two accounts swap their usernames, and the same request again swaps them back", async () => {
    const [uma, vic] = [await anAccount("uma"), await anAccount("vic")];
    const swap = [{ uma: "vic" }, { vic: "uma" }];
    for (const names of [
      ["vic", "uma"],
      ["uma", "vic"],
    ]) {
      expect((await replacing(swap)).body).toEqual({
        successful_replacements: swap,
        failed_replacements: [],
      });
      expect([await usernameOf(uma), await usernameOf(vic)]).toEqual(names);
    }
  });

  test("a retired account keeps its username", async () => {
    const [name] = retiredNames("wim", naming);
    const wim = await anAccount(name!);
    expect((await replacing([{ [name!]: "wim" }])).body).toMatchObject({
      failed_replacements: [{ [name!]: "wim" }],
    });
    expect(await usernameOf(wim)).toBe(name);
  });

  test("who may replace usernames", async () => {
    const statuses: number[] = [];
    for (const asking of [null, ada, bob, grace, auditor, { ...hopper, isReadOnly: true }, shop, hopper])
      statuses.push((await replacing([], asking)).status);
    expect(statuses).toEqual([401, 403, 403, 403, 403, 403, 200, 200]);
  });

  test.each([
    [undefined, "This field is required."],
    [{ ada: "amy" }, "Expected a list of items."],
    [["ada"], "0: Expected a dictionary."],
    [[{}], "0: Each mapping names one username, and what it becomes."],
    [[{ ada: "amy", bob: "ben" }], "0: Each mapping names one username, and what it becomes."],
    [[{ ada: 1 }], "ada: Not a valid string."],
    [[{ "a b": "amy" }], "0: The name of a mapping must be a username."],
    [
      [{ ada: "a b" }],
      "ada: Enter a username: 1 to 150 letters, digits, and the characters @ . + - _ without blanks.",
    ],
    [
      Array.from({ length: 101 }, (_, index) => ({ [`a${index}`]: `b${index}` })),
      "Ensure this field has no more than 100 elements.",
    ],
  ])("the mappings %j are refused, and nothing changes", async (mappings, text) => {
    expect(await replacing(mappings)).toMatchObject({ status: 400, body: { username_mappings: [text] } });
    expect(await usernameOf(ada.userId!)).toBe("ada");
  });

  test("as many mappings as are allowed take as many statements as one", async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ [`many_${index}`]: `more_${index}` }));
    await app.db.query(
      "insert into user_account (id, username) select 6000 + n, 'many_' || n from generate_series(0, 99) n",
    );
    const statements = async (mappings: object[]) => {
      const sent = await statementsOf(async () => {
        expect((await replacing(mappings)).status).toBe(200);
      });
      return sent.filter(({ text }) => text.includes("user_account") && !text.includes("support_agent"))
        .length;
    };
    expect(await statements(many)).toBe(3);
    expect(await statements([{ more_1: "once_1" }])).toBe(3);
  });
});
