import fc from "fast-check";
import { planReplacements, type Replacement } from "../../../src/rules/accounts/replacements";

const accounts = ["ada", "bob", "eve", "gone"].map((username, index) => ({
  id: String(index + 1),
  username,
}));
const all = (texts: string[]): Replacement[] =>
  texts.map((text) => {
    const [from = "", to = ""] = text.split(">");
    return { from, to };
  });
const isRetired = (username: string) => username.startsWith("gone");
const planned = (asked: string[]) => planReplacements(all(asked), accounts, isRetired);
const words = (replacements: Replacement[]) => replacements.map(({ from, to }) => `${from}>${to}`);

test.each<[what: string, asked: string[], possible: string[], changes: string[]]>([
  ["a free username", ["ada>amy"], ["ada>amy"], ["1:amy"]],
  ["another case of the same", ["ada>Ada"], ["ada>Ada"], ["1:Ada"]],
  ["the same", ["ada>ada"], ["ada>ada"], []],
  ["of an account that is unknown here", ["zoe>amy"], ["zoe>amy"], []],
  ["of an account that is unknown, by a taken one", ["zoe>ada"], ["zoe>ada"], []],
  ["a taken username", ["ada>bob"], [], []],
  ["a taken username in another case", ["ada>BOB"], [], []],
  ["two that are swapped", ["ada>bob", "bob>ada"], ["ada>bob", "bob>ada"], ["1:bob", "2:ada"]],
  ["a chain", ["ada>bob", "bob>amy"], ["ada>bob", "bob>amy"], ["1:bob", "2:amy"]],
  ["a chain whose end is taken", ["ada>bob", "bob>eve"], [], []],
  ["a chain whose end is taken, beside a free one", ["ada>bob", "bob>eve", "zoe>zed"], ["zoe>zed"], []],
  ["the same twice", ["ada>amy", "ada>amy"], ["ada>amy", "ada>amy"], ["1:amy"]],
  ["one that is to become two", ["ada>amy", "ada>ann", "bob>ben"], ["bob>ben"], ["2:ben"]],
  ["two that are to become one", ["ada>amy", "bob>AMY", "eve>eva"], ["eve>eva"], ["3:eva"]],
  ["a retired one", ["gone>amy", "ada>gone2"], [], []],
])("replacing %s", (_, asked, possible, changes) => {
  const plan = planned(asked);
  expect(words(plan.possible)).toEqual(possible);
  expect(words(plan.failed)).toEqual(asked.filter((one) => !possible.includes(one)));
  expect(plan.changes.map(({ id, username }) => `${id}:${username}`)).toEqual(changes);
});

test("whatever is asked, no two accounts get one username, and each replacement is told once", () => {
  const name = fc.constantFrom("ada", "Ada", "bob", "eve", "amy", "ann", "zoe", "gone");
  const asking = fc.array(fc.record({ from: name, to: name }), { maxLength: 8 });
  fc.assert(
    fc.property(asking, (asked) => {
      const { possible, failed, changes } = planReplacements(asked, accounts, isRetired);
      const renamed = new Map(changes.map(({ id, username }) => [id, username]));
      const after = accounts.map(({ id, username }) => (renamed.get(id) ?? username).toLowerCase());
      expect(new Set(after).size).toBe(accounts.length);
      expect(possible.length + failed.length).toBe(asked.length);
    }),
  );
});
