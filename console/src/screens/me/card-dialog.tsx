import { useQuery } from "urql";
import type { Command } from "../../commands/commands";
import { CommandDialog } from "../../commands/dialog";
import { Refund } from "../../commands/documents";
import { runName } from "../../entitlement/decisions";
import type { MySessionsQuery } from "../../gql/graphql";
import { tell } from "../../words/dates";
import { t } from "../../words/words";
import { Change, Choose, Leave, MySessions } from "./documents";

/** What a learner can do with a card. */
export type Deed = "choose" | "change" | "leave" | "refund";

type Sessions = NonNullable<NonNullable<MySessionsQuery["entitlement"]>["sessions"]>;

/** The dialog for what a learner does with one of their entitlements. */
export function CardDialog(props: {
  card: { id: string; title: string };
  deed: Deed;
  close: () => void;
  done: (what: string) => void;
}) {
  const { card, deed, close, done } = props;
  const isChoice = deed === "choose" || deed === "change";
  const [{ data }, again] = useQuery({ query: MySessions, variables: { id: card.id }, pause: !isChoice });
  const sessions = data?.entitlement?.sessions;
  if (isChoice && !sessions) return null;
  const command = commandOf(card, deed, sessions ?? []);
  return (
    <CommandDialog
      command={command}
      seen={undefined}
      close={close}
      done={() => done(command.saved ?? t("command.saved", { what: command.title }))}
      refresh={() => again({ requestPolicy: "network-only" })}
    />
  );
}

const LEARNERS = { comments: null, isGuarded: false } as const;

function commandOf(card: { id: string; title: string }, deed: Deed, sessions: Sessions): Command {
  const input = { entitlementId: card.id };
  switch (deed) {
    case "choose":
    case "change":
      return {
        ...LEARNERS,
        name: deed === "choose" ? "enrollAndFulfill" : "switchSession",
        icon: "enter",
        label: t("choose.save"),
        title: `${t(`${deed}.label`)}: ${card.title}`,
        lead: t(`${deed}.lead`),
        document: deed === "choose" ? Choose : Change,
        input,
        questions: [
          { kind: "choice", field: "courseRunKey", label: t("choose.session"), options: optionsOf(sessions) },
        ],
      };
    case "leave":
      return {
        ...LEARNERS,
        name: "leaveSession",
        icon: "leave",
        label: t("leave.label"),
        title: `${t("leave.title")}: ${card.title}`,
        lead: t("leave.lead"),
        document: Leave,
        input,
      };
    case "refund":
      return {
        ...LEARNERS,
        name: "unenrollAndRefund",
        icon: "refund",
        label: t("mine.refund"),
        title: `${t("mine.refundTitle")}: ${card.title}`,
        lead: t("mine.refundLead"),
        document: Refund,
        input: { ...input, refund: "REQUEST" },
        isDangerous: true,
        saved: t("refund.saved"),
        explain: () => t("refund.ifAccepted"),
      };
  }
}

/** The sessions, those that can be chosen first; the others with the reason why not. */
const optionsOf = (sessions: Sessions) =>
  sessions
    .filter(({ isCurrent }) => !isCurrent)
    .toSorted((one, other) => Number(other.isAvailable) - Number(one.isAvailable))
    .map(({ courseRun: { key, startsAt, enrollmentEndsAt }, blockerMessage }) => ({
      value: key,
      label: startsAt ? t("mine.starts", { day: tell(startsAt, "day") }) : t("session.noDate"),
      hint: enrollmentEndsAt
        ? t("mine.enrollBy", { run: runName(key), day: tell(enrollmentEndsAt, "day") })
        : runName(key),
      why: blockerMessage ?? null,
    }));
