import { isInputObjectType, isNonNullType, isRequiredInputField } from "graphql";
import { buildGraphQLSchema } from "../../src/graphql/schema";
import { OF_NO_FIELD } from "../../src/refusal";
import { actor, ask, useDemoApp } from "../support/demo-app";

const app = useDemoApp();
const hopper = actor("hopper", { isStaff: true });

const example = (place: number) => `e0000000-0000-4000-8000-${String(place).padStart(12, "0")}`;
/** The first examples of the demo world, which are in every state, and one that does not exist. */
const PLACES = [...Array(20).keys(), 999_999];
/** A value for each field that a mutation of one entitlement needs. */
const VALUES: Record<string, unknown> = {
  comments: "x",
  courseRunKey: "course-v1:DemoX+DEMO.01+open",
  historyEntryId: "1",
  isLocked: true,
  mode: "professional",
  reason: "x",
  policyId: "00000000-0000-4000-8000-000000000000",
  refund: "REQUEST",
  username: "nobody_here",
};

/** The inputs of all mutations of one entitlement, with what they need beside its id. */
const mutations = Object.values(buildGraphQLSchema().getMutationType()!.getFields()).flatMap(
  ({ name, args }) => {
    const type = args[0] && isNonNullType(args[0].type) ? args[0].type.ofType : args[0]?.type;
    if (!isInputObjectType(type)) return [];
    const fields = type.getFields();
    if (!("entitlementId" in fields)) return [];
    return [
      {
        name,
        type: type.name,
        fields,
        needed: Object.values(fields).filter(
          (field) => isRequiredInputField(field) && field.name !== "entitlementId",
        ),
      },
    ];
  },
);

interface UserError {
  code: (typeof OF_NO_FIELD)[number];
  field: string[] | null;
}

test.each(mutations)(
  "$name names a field of its input in every refusal",
  async ({ name, type, fields, needed }) => {
    const given = Object.fromEntries(needed.map((field) => [field.name, VALUES[field.name]]));
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code field } } }`;
    const refused: UserError[] = [];
    for (const place of PLACES) {
      const input = { ...given, entitlementId: example(place + 1), dryRun: true };
      const { data, errors } = await ask(app, hopper, document, { input });
      expect(errors).toBeUndefined();
      refused.push(...(data as Record<string, { userErrors: UserError[] }>)[name]!.userErrors);
    }
    expect(refused).not.toEqual([]);
    const wrong = refused.filter(({ code, field }) =>
      field === null
        ? !OF_NO_FIELD.includes(code)
        : field[0] !== "input" || !Object.hasOwn(fields, field[1]!),
    );
    expect(wrong).toEqual([]);
  },
);
