import type { Command } from "../../commands/commands";
import { Expire, LockRefunds, Move, Refund, Reissue, Renew, Revert } from "../../commands/documents";
import { AssignPolicy, ChangeMode, Revoke, Transfer } from "../../commands/corrections/documents";
import { policies, soldModes } from "../../commands/corrections/options";
import { runName } from "../../entitlement/decisions";
import type { MoveOverride } from "../../gql/graphql";
import { tell } from "../../words/dates";
import { t } from "../../words/words";
import type { Happening } from "./happenings";
import type { Page } from "./screen";

const OVERRIDES: MoveOverride[] = [
  "COURSE_FULL",
  "ENROLLMENT_CLOSED",
  "ENROLLMENT_NOT_OPEN",
  "REGAIN_PERIOD_OVER",
  "UPGRADE_DEADLINE_PASSED",
];

const AGENTS = { comments: "comments", isGuarded: true } as const;

/** The commands about an entitlement, those that are given most often first. */
export function commandsFor(page: Page): Command[] {
  const input = { entitlementId: page.id };
  const words = (
    word: "reissue" | "renew" | "expire" | "move" | "transfer" | "mode" | "refund" | "assign" | "revoke",
  ) => ({
    label: t(`${word}.label`),
    title: t(`${word}.title`),
    lead: t(`${word}.lead`),
  });
  const lock = page.isRefundLocked ? "unlock" : "lock";
  return [
    {
      ...AGENTS,
      ...words("reissue"),
      name: "reissueEntitlement",
      icon: "back",
      document: Reissue,
      input,
      questions: [{ kind: "check", field: "renew", label: t("reissue.renew") }],
    },
    {
      ...words("refund"),
      name: "unenrollAndRefund",
      icon: "refund",
      document: Refund,
      input: { ...input, refund: "REQUEST", username: page.user?.username },
      isDangerous: true,
      saved: t("refund.saved"),
      explain: () => t("refund.ifAccepted"),
      comments: null,
      isGuarded: false,
    },
    {
      ...AGENTS,
      ...words("expire"),
      name: "expireEntitlement",
      icon: "stop",
      document: Expire,
      input,
      isDangerous: true,
    },
    {
      ...AGENTS,
      name: "setRefundLock",
      icon: "lock",
      label: t(`${lock}.label`),
      title: t(`${lock}.title`),
      lead: t(`${lock}.lead`),
      document: LockRefunds,
      input: { ...input, isLocked: !page.isRefundLocked },
    },
    { ...AGENTS, ...words("renew"), name: "renewEntitlement", icon: "clock", document: Renew, input },
    {
      ...AGENTS,
      ...words("move"),
      name: "moveSession",
      icon: "swap",
      document: Move,
      input,
      questions: [
        {
          kind: "choice",
          field: "courseRunKey",
          label: t("move.session"),
          options: (page.sessions ?? [])
            .filter(({ isCurrent }) => !isCurrent)
            .map(({ courseRun: { key, startsAt }, blockerMessage }) => ({
              value: key,
              label: `${runName(key)}${startsAt ? `, ${t("session.starts", { day: tell(startsAt, "day") })}` : ""}`,
              hint: blockerMessage ?? undefined,
            })),
        },
        {
          kind: "check",
          field: "override",
          label: t("move.override"),
          hint: t("move.overrideHint"),
          on: OVERRIDES,
        },
      ],
    },
    {
      ...AGENTS,
      ...words("transfer"),
      name: "transferEntitlement",
      icon: "learners",
      document: Transfer,
      input,
      questions: [{ kind: "text", field: "username", label: t("transfer.username") }],
    },
    {
      ...AGENTS,
      ...words("mode"),
      name: "changeEntitlementMode",
      icon: "rules",
      document: ChangeMode,
      input,
      questions: [{ kind: "choice", field: "mode", label: t("mode.mode"), options: soldModes }],
    },
    {
      ...AGENTS,
      ...words("assign"),
      name: "assignPolicy",
      icon: "rules",
      document: AssignPolicy,
      input,
      questions: [
        { kind: "choice", field: "policyId", label: t("assign.policy"), options: policies(page.policy.id) },
      ],
    },
    {
      ...words("revoke"),
      name: "revokeEntitlement",
      icon: "stop",
      document: Revoke,
      input,
      isDangerous: true,
      questions: [
        {
          kind: "check",
          field: "moneyReturned",
          label: t("revoke.unpaid"),
          hint: t("revoke.unpaidHint"),
          on: false,
        },
        { kind: "check", field: "downgrade", label: t("revoke.downgrade") },
        { kind: "check", field: "spareCompleted", label: t("revoke.spare") },
      ],
      comments: "reason",
      isGuarded: false,
    },
  ];
}

/** The command to go back to the state just after an event. */
export function revertTo(page: Page, { at, main }: Happening): Command {
  return {
    ...AGENTS,
    name: "revertEntitlement",
    icon: "back",
    label: t("revert.label"),
    title: t("revert.title", { instant: tell(at, "minute") }),
    lead: t("revert.lead"),
    document: Revert,
    input: { entitlementId: page.id, historyEntryId: main!.id },
  };
}
