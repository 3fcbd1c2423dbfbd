import type { ReactNode } from "react";
import { decisionsOf } from "../../../entitlement/decisions";
import type { StandingFragment } from "../../../gql/graphql";
import { StateBadge } from "../../../ui/badge";
import { tell } from "../../../words/dates";
import { t } from "../../../words/words";
import { DecisionMark, DecisionText } from "./decision";
import { factsOf } from "./facts";

/** How an entitlement stood at an instant; null before it existed. */
interface Side {
  /** The instant; undefined stands for now. */
  at: string | undefined;
  of: StandingFragment | null;
}

/** A fact or a decision that is not the same on both sides. */
interface Difference {
  name: string;
  sides: [ReactNode, ReactNode];
}

/** What is shown of a fact or a decision, and by what it is compared. */
type Told = Map<string, { key: string; shown: ReactNode }>;

/** What differs between two sides, and how many facts and decisions are the same. */
export function differencesBetween(one: Side, other: Side): { differing: Difference[]; same: number } {
  const [before, after] = [toldOf(one), toldOf(other)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const differing = names.filter((name) => before.get(name)?.key !== after.get(name)?.key);
  const shown = (told: Told, name: string) =>
    told.get(name)?.shown ?? <span className="muted">{t("value.none")}</span>;
  return {
    differing: differing.map((name) => ({ name, sides: [shown(before, name), shown(after, name)] })),
    same: names.length - differing.length,
  };
}

function toldOf({ of: standing, at }: Side): Told {
  if (!standing) return new Map();
  return new Map<string, { key: string; shown: ReactNode }>([
    [t("list.state"), { key: standing.state, shown: <StateBadge of={standing.state} /> }],
    ...decisionsOf(standing).map(
      (decision) =>
        [
          t(`can.${decision.what}`),
          {
            key: `${decision.blocker} ${decision.until}`,
            shown: (
              <span className="compare-decision">
                <DecisionMark decision={decision} /> <DecisionText decision={decision} from={at} />
              </span>
            ),
          },
        ] as const,
    ),
    ...[...factsOf(standing), ...moreOf(standing)].map(
      ([name, value]) => [name, { key: value, shown: value }] as const,
    ),
  ]);
}

/** Facts that the page of an entitlement shows elsewhere, or in its timeline alone. */
function moreOf({ user, redeemedAt, renewedAt }: StandingFragment): [name: string, value: string][] {
  const orNone = (instant: string | null | undefined) =>
    instant ? tell(instant, "second") : t("value.none");
  return [
    [t("field.user"), user?.username ?? t("value.none")],
    [t("field.redeemedAt"), orNone(redeemedAt)],
    [t("field.renewedAt"), orNone(renewedAt)],
  ];
}
