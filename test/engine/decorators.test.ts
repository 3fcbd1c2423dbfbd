import { getMetadataStorage, ValidationTypes } from "class-validator";
import type { ValidationMetadata } from "class-validator/types/metadata/ValidationMetadata";
import "../../src/graphql/schema";

/** All checks of the decorators of our inputs. */
const { validationMetadatas } = getMetadataStorage() as unknown as {
  validationMetadatas: Map<unknown, ValidationMetadata[]>;
};
const checks = [...validationMetadatas.values()]
  .flat()
  .filter(
    ({ type }) =>
      type !== ValidationTypes.CONDITIONAL_VALIDATION && type !== ValidationTypes.NESTED_VALIDATION,
  );

test("each check of an input has its own message, which completes 'Argument …' and repeats no value", () => {
  expect(checks.length).toBeGreaterThan(40);
  for (const { target, propertyName, name, message } of checks) {
    const where = `${(target as { name: string }).name}.${propertyName} (${name})`;
    expect([where, typeof message]).toEqual([where, "string"]);
    expect([where, message]).toEqual([where, expect.not.stringMatching(/\$(value|property|target)/)]);
  }
});
