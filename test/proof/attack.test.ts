import { ATTACKS, UNSEEN } from "../history/attack/attacks";
import { FURTHER } from "../history/attack/further";
import { judge } from "../history/attack/judge";
import { Stage } from "../history/attack/stage";

/** Some of those that `npm run history:attack` runs; other tests break the order, the seals and the guards alone. */
const SOME = [
  "the newest version and its row are edited together",
  "an entry with an old date is forged in a new transaction",
  "an edit, and everything sealed again with the stolen key",
  "the whole database is restored from an older copy",
  "a checkpoint is deleted",
  "the guard is off while a row is changed",
  "a change is said to be told by another system",
  "the clock is settled until next year",
  "a cosignature is forged",
  "a tile is longer than the history",
];
const attacks = [...ATTACKS, ...FURTHER].filter(({ name }) => SOME.includes(name));

let stage: Stage;
beforeAll(async () => {
  stage = new Stage(process.env["TEST_DATABASE_URL"]!, `${process.env["TEST_RUN"]}_attack`);
  await stage.prepare();
}, 60_000);
afterAll(() => stage.remove());

test("honest changes, settled and sealed, are taken for no attack", () =>
  stage.withCopy("newest", async (copy) => {
    await copy.goOn();
    expect(await copy.faults()).toEqual([]);
  }));

test.each(attacks)("it is seen when $name", async (attack) => {
  expect((await judge(stage, attack)).faults).not.toEqual([]);
});

test("each attack of the selection has a name of the list, and no two attacks have one name", () => {
  const names = [...ATTACKS, ...FURTHER, ...UNSEEN].map(({ name }) => name);
  expect(attacks).toHaveLength(SOME.length);
  expect(new Set(names).size).toBe(names.length);
  expect(ATTACKS).toHaveLength(20);
});
