import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLEnumType } from "graphql";
import fc from "fast-check";
import type { Messages } from "../../src/messages/catalog";
import { LANGUAGES, languageOf } from "../../src/messages/language";

const schema = buildSchema(readFileSync("schema.graphql", "utf8"));

/** The enum of the schema whose values each part of a catalog explains. */
const ENUMS: Record<keyof Messages, string> = {
  redeem: "RedeemBlocker",
  regain: "RegainBlocker",
  refund: "RefundBlocker",
  session: "SessionBlocker",
};
const questions = Object.keys(ENUMS) as (keyof Messages)[];

test("every enum of blockers is explained", () => {
  const blockers = Object.keys(schema.getTypeMap()).filter((name) => name.endsWith("Blocker"));
  expect(Object.values(ENUMS).toSorted()).toEqual(blockers.toSorted());
});

describe.each(Object.entries(LANGUAGES))("in %s", (language, messages: Messages) => {
  test.each(questions)("every blocker of the question %s has a message, and nothing else has", (question) => {
    const codes = (schema.getType(ENUMS[question]) as GraphQLEnumType).getValues().map(({ name }) => name);
    expect(Object.keys(messages[question]).toSorted()).toEqual(codes.toSorted());
  });

  test("every message is made of full sentences in its own language, without codes", () => {
    for (const question of questions)
      for (const [code, message] of Object.entries(messages[question])) {
        expect(message).toMatch(/^[A-ZÄÖÜ][^_]*\.$/);
        const english = (LANGUAGES.en[question] as Record<string, string>)[code];
        if (language !== "en") expect(message).not.toBe(english);
      }
  });
});

describe("the language of a request", () => {
  test.each([
    [undefined, "en"],
    ["", "en"],
    ["de", "de"],
    ["DE-at", "de"],
    ["de-CH-1996", "de"],
    ["fr, de;q=0.8, en;q=0.7", "de"],
    ["en;q=0.5, de;q=0.9", "de"],
    ["de;q=0.5, en", "en"],
    ["de, en", "de"],
    ["fr", "en"],
    ["*", "en"],
    ["fr, *;q=0.5, de;q=0.1", "en"],
    ["de;q=0", "en"],
    ["de;q=x", "en"],
    ["constructor, __proto__", "en"],
    [["de"], "en"],
  ])("%j is %s", (header, language) => {
    expect(languageOf(header as string)).toBe(language);
  });

  test("is always an available one, whatever the header says", () => {
    fc.assert(fc.property(fc.string(), (header) => Object.hasOwn(LANGUAGES, languageOf(header))));
    const startedAt = performance.now();
    for (const part of ["a-", " ", ",", ";", "de ", "-"])
      expect(Object.hasOwn(LANGUAGES, languageOf(`de${part.repeat(100_000)}x`))).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
