import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { Question } from "../../commands/commands";
import { soldModes } from "../../commands/corrections/options";
import type { EntitlementState, RefusedFragment } from "../../gql/graphql";
import type { IconName } from "../../ui/icon";
import { t } from "../../words/words";
import { BulkExpire, BulkMode, BulkRefund, BulkRenew, BulkRevoke } from "./documents";

/** What a bulk mutation answers. */
interface Answer {
  results?:
    | {
        id: string;
        outcome: string;
        entitlement?: { state: EntitlementState } | null;
        error?: RefusedFragment | null;
      }[]
    | null;
  userErrors: RefusedFragment[];
}

/** What can be done with many entitlements at once. */
export interface Deed {
  /** What the address calls it. */
  key: "revoke" | "expire" | "renew" | "refund" | "mode";
  /** The name of the mutation, which is also the permission that it needs. */
  name: string;
  icon: IconName;
  isDangerous: boolean;
  // Each mutation has an input of its own; the form that makes the input is checked where it is written.
  // oxlint-disable-next-line typescript/no-explicit-any
  document: TypedDocumentNode<{ done: Answer | null }, any>;
  questions: Question[];
  /** The field of the input that says why; null where nothing is asked. */
  comments: "comments" | "reason" | null;
}

/** What can be done in bulk, in the order in which it is offered. */
export const deeds = (): Deed[] => [
  {
    key: "revoke",
    name: "revokeEntitlements",
    icon: "stop",
    isDangerous: true,
    document: BulkRevoke,
    questions: [
      {
        kind: "check",
        field: "moneyReturned",
        label: t("bulk.unpaid"),
        hint: t("revoke.unpaidHint"),
        on: false,
      },
      { kind: "check", field: "downgrade", label: t("bulk.downgrade") },
      { kind: "check", field: "spareCompleted", label: t("bulk.spare") },
    ],
    comments: "reason",
  },
  {
    key: "expire",
    name: "expireEntitlements",
    icon: "clock",
    isDangerous: true,
    document: BulkExpire,
    questions: [],
    comments: "comments",
  },
  {
    key: "renew",
    name: "renewEntitlements",
    icon: "back",
    isDangerous: false,
    document: BulkRenew,
    questions: [],
    comments: "comments",
  },
  {
    key: "refund",
    name: "refundEntitlements",
    icon: "refund",
    isDangerous: true,
    document: BulkRefund,
    questions: [],
    comments: null,
  },
  {
    key: "mode",
    name: "changeEntitlementModes",
    icon: "rules",
    isDangerous: false,
    document: BulkMode,
    questions: [{ kind: "choice", field: "mode", label: t("mode.mode"), options: soldModes }],
    comments: "comments",
  },
];
