import { runName, sessionOf } from "../../../entitlement/decisions";
import { periodsOf, policyName } from "../../../entitlement/policy";
import type { StandingFragment } from "../../../gql/graphql";
import { tell } from "../../../words/dates";
import { t } from "../../../words/words";

/** The facts of an entitlement, by their names. */
export function factsOf(standing: StandingFragment): [name: string, value: string][] {
  const { policy } = standing;
  const orNone = (instant: string | null | undefined, exactness: "day" | "minute") =>
    instant ? tell(instant, exactness) : t("value.none");
  const run = sessionOf(standing);
  const startsAt = run?.startsAt;
  const session = run
    ? `${runName(run.key)}${startsAt ? `, ${t("session.starts", { day: tell(startsAt, "day") })}` : ""}`
    : t("value.none");
  return [
    [t("fact.session"), session],
    [t("fact.mode"), standing.mode],
    [t("fact.locked"), t(standing.isRefundLocked ? "value.yes" : "value.no")],
    [t("fact.expires"), orNone(standing.expiresAt, "day")],
    [t("fact.expired"), orNone(standing.expiredAt, "minute")],
    ...(standing.expiryCause
      ? [[t("fact.cause"), t(`cause.${standing.expiryCause}`)] as [string, string]]
      : []),
    [t("fact.policy"), policyName(policy)],
    [t("fact.periods"), periodsOf(policy)],
  ];
}
