import { isRetiredName, retiredNames, USERNAME } from "../../../src/rules/accounts/retired-names";

const naming = { salts: ["abc", "123"], format: "retired__user_{}" };

test("a retired username is the one that the LMS makes, with each of its salts and the newest first", () => {
  // What get_all_retired_usernames of the package user-util gives for these.
  expect(retiredNames("Ada.Lovelace@x", naming)).toEqual([
    "retired__user_5017d92ffea1f3157ea829d66efbcb19c5a6436a",
    "retired__user_4d2de1bf43fb0c47c2de6c14fbcbe238369f1049",
  ]);
  expect(retiredNames("Grüße_Ω", naming)[0]).toBe("retired__user_7f5fa98994a3dc45534a0062b81e734d34db0a1c");
});

test("the case of a username makes no other name, and a dollar in the format is a dollar", () => {
  expect(retiredNames("ada", naming)).toEqual(retiredNames("ADA", naming));
  expect(retiredNames("ada", { ...naming, format: "{}.gone" })[0]).toMatch(/^[0-9a-f]{40}\.gone$/);
});

test("without salts there is no retired name", () => {
  expect(retiredNames("ada", { ...naming, salts: [] })).toEqual([]);
});

test.each([
  [retiredNames("ada", naming)[0]!, true],
  ["retired__user_1005", true],
  ["retired__user_", false],
  ["retired__user_ada", false],
  ["ada", false],
  [`x${retiredNames("ada", naming)[0]!}`, false],
])("%s is the name of a retired account: %s", (username, isRetired) => {
  expect(isRetiredName(username, naming)).toBe(isRetired);
});

test("a retired account is known by its name also where the hash is not the last part", () => {
  const inside = { ...naming, format: "gone_{}_user" };
  expect(isRetiredName(retiredNames("ada", inside)[0]!, inside)).toBe(true);
  expect(isRetiredName("gone_ada_user", inside)).toBe(false);
});

test.each(["ada", "ada.b+c@x-y_z", "Грейс", "a".repeat(150)])("%s can be a username", (username) => {
  expect(USERNAME.test(username)).toBe(true);
});

test.each(["", "a b", "?12", "a/b", "a\n", "a\0", "a'b", "a".repeat(151)])("%j cannot be one", (username) => {
  expect(USERNAME.test(username)).toBe(false);
});
