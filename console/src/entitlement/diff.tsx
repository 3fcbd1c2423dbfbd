import "./diff.css";
import { runName } from "./decisions";
import { days } from "./policy";
import { detailWords } from "./shop-said";
import type { EntryFragment, ReferredFragment } from "../gql/graphql";
import { Time } from "../ui/time";
import { tell } from "../words/dates";
import { entitlement } from "../words/en/entitlement";
import { history } from "../words/en/history";
import { addWords, fieldWord, t, word } from "../words/words";

addWords({ ...entitlement, ...history });

type Change = EntryFragment["changes"][number];

/** Fields that change with every change, or that name what the page is about. */
const STAMPS = new Set([
  "modifiedAt",
  "createdAt",
  "lockedUntil",
  "entitlement",
  "requestedBy",
  "lastAttemptAt",
]);
const DAYS = /^P\d+D$/;
const INSTANT = /^\d{4}-\d\d-\d\dT/;
/** An instant this near to the change itself is the instant of the change. */
const SAME_MS = 3_000;

const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

function isQuiet(entry: EntryFragment, { field, from, to }: Change): boolean {
  if (STAMPS.has(field)) return true;
  if (entry.type === "CREATED") return isEmpty(to) || field === "user";
  const isItsOwnInstant =
    field !== "retiredAt" && // says that the policy is retired
    typeof to === "string" &&
    INSTANT.test(to) &&
    Math.abs(Date.parse(to) - Date.parse(entry.changedAt)) < SAME_MS;
  return isItsOwnInstant || (to === null && from !== null && ["redeemedAt", "expiryCause"].includes(field));
}

/** The changes of an entry that are hidden until the reader asks for them. */
export const quietChanges = (entry: EntryFragment): Change[] =>
  entry.changes.filter((change) => isQuiet(entry, change));

/** What an entry has changed, field by field. */
export function Diff({ entry, isWhole }: { entry: EntryFragment; isWhole: boolean }) {
  const isFirst = entry.type === "CREATED";
  const shown = isWhole ? entry.changes : entry.changes.filter((change) => !isQuiet(entry, change));
  if (shown.length === 0) return null;
  return (
    <div className="diff">
      <table>
        <caption className="hidden">{t(isFirst ? "diff.first" : "diff.changed")}</caption>
        <thead className="hidden">
          <tr>
            <th scope="col">{t("diff.field")}</th>
            {!isFirst && <th scope="col">{t("diff.before")}</th>}
            <th scope="col">{t("diff.after")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((change) => (
            <tr key={change.id}>
              <th scope="row">{fieldWord(change.field)}</th>
              {!isFirst && (
                <td className="before">
                  <Value of={change.from} field={change.field} reference={change.fromReference} />
                </td>
              )}
              <td className="after">
                <Value of={change.to} field={change.field} reference={change.toReference} isNew />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Told {
  of: unknown;
  field: string;
  reference?: ReferredFragment | null;
}

function Value({ isNew = false, ...told }: Told & { isNew?: boolean }) {
  const { of: value } = told;
  if (isEmpty(value))
    return (
      <span className="muted">
        —<span className="hidden">{t("diff.nothing")}</span>
      </span>
    );
  const text = <Text {...told} />;
  return isNew ? <ins>{text}</ins> : <del>{text}</del>;
}

function Text({ of: value, field, reference }: Told) {
  switch (reference?.__typename) {
    case "CourseEnrollment":
      return (
        <span title={reference.courseRun.key}>
          {runName(reference.courseRun.key)}
          {reference.courseRun.startsAt && (
            <small> {t("session.starts", { day: tell(reference.courseRun.startsAt, "day") })}</small>
          )}
        </span>
      );
    case "CourseEntitlementPolicy":
      return t("policy.name", {
        site: reference.siteDomain ?? t("policy.anySite"),
        mode: reference.policyMode ?? t("policy.anyMode"),
      });
    case "User":
      return reference.username;
    case "Course":
    case "CourseRun":
      return reference.title ?? reference.id;
    case "CourseEntitlement":
    case undefined:
  }
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (typeof value === "string" && INSTANT.test(value)) return <Time at={value} as="minute" />;
  if (typeof value === "string" && DAYS.test(value)) return t("policy.days", { count: days(value) });
  if (field === "expiryCause") return word(`cause.${String(value)}`);
  if (field === "answer") return word(`shop.${String(value)}`);
  if (field === "state") return word(`refund.${String(value)}`);
  if (field === "detail") return detailWords(String(value));
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
