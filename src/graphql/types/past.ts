import { defaultFieldResolver, GraphQLError, type GraphQLObjectType, type GraphQLSchema } from "graphql";

/**
 * What has no past: present values, which a reader would take for those of the instant. Asking for one of them in an object of
 * an earlier instant is refused.
 */
const WITHOUT_PAST: Readonly<Record<string, readonly string[]>> = {
  CourseEntitlement: ["sessions", "runSummary", "freshness"],
  Course: ["levelType", "marketingUrl", "runs"],
  CourseEnrollment: ["call"],
  CourseRun: ["seenAt"],
  CourseEntitlementPolicy: ["entitlementCount"],
  User: ["entitlements", "dataExport", "permissions", "roles"],
  HistoryEntry: ["next"],
};

/**
 * What is told as it is known now in an object of an earlier instant too, because it only says what the object is about: names
 * of accounts, courses and sites, and other objects in their present state.
 */
const AS_KNOWN_NOW: Readonly<Record<string, readonly string[]>> = {
  CourseEntitlement: ["course"],
  Course: ["key", "title"],
  CourseEntitlementPolicy: ["siteDomain"],
  User: ["username"],
  SupportDetail: ["entitlement", "supportUser"],
  Refund: ["entitlement"],
  HistoryEntry: ["entitlement", "changedBy"],
  FieldChange: ["fromReference", "toReference"],
};

// A property, because type-graphql copies objects for its resolvers.
const INSTANT = Symbol("instant");

/** Says of an object that it is as it was at an instant; of null, that it is as it is now. */
export function atInstant<View extends object>(view: View, instant: Date | null): View {
  return instant ? Object.assign(view, { [INSTANT]: instant }) : view;
}

/** The instant of an object of the past; null for one as it is now. */
export function pastOf(view: object): Date | null {
  return (view as { [INSTANT]?: Date })[INSTANT] ?? null;
}

/** The refusal of an enrollment of an entitlement that was recorded only after the instant, and of what depends on it. */
export function untold(field: "enrollment" | "pendingEnrollment"): GraphQLError {
  return noPast(
    `CourseEntitlement.${field}`,
    "is not known at this instant, because it was recorded only later",
  );
}

/** The refusal of a field. Its path in the answer is added when it is thrown. */
function noPast(field: string, why: string): GraphQLError {
  return new GraphQLError(`"${field}" ${why}.`, { extensions: { code: "FIELD_HAS_NO_PAST", field } });
}

/** Refuses what has no past in objects of an earlier instant, and says so of each such field in the schema. */
export function refusePast(schema: GraphQLSchema): void {
  const eachOf = (table: typeof WITHOUT_PAST) =>
    Object.entries(table).flatMap(([type, names]) =>
      names.map((name) => (schema.getType(type) as GraphQLObjectType).getFields()[name]!),
    );
  for (const field of eachOf(AS_KNOWN_NOW))
    field.description += " In a past state, the field shows the present value.";
  for (const [type, names] of Object.entries(WITHOUT_PAST))
    for (const field of eachOf({ [type]: names })) {
      const { resolve = defaultFieldResolver } = field;
      field.description += " It has no past: as of an earlier instant it is refused with FIELD_HAS_NO_PAST.";
      field.resolve = (root: object, ...rest) => {
        if (pastOf(root))
          throw noPast(`${type}.${field.name}`, "has no past, so it cannot be asked for as of an instant");
        return resolve(root, ...rest);
      };
    }
}
