import type { Client } from "urql";
import type { Command, Option } from "../../commands/commands";
import { soldModes } from "../../commands/corrections/options";
import { t, word } from "../../words/words";
import { BeforeGranting, Courses, Grant } from "./documents";

/** The command to give a learner an entitlement. */
export const grantTo = (username: string): Command => ({
  name: "grantEntitlement",
  icon: "gift",
  label: t("grant.label"),
  title: t("grant.title", { name: username }),
  lead: t("grant.lead"),
  document: Grant,
  input: { username },
  questions: [
    {
      kind: "search",
      field: "courseUuid",
      label: t("grant.course"),
      hint: t("grant.courseHint"),
      find: courses,
    },
    { kind: "choice", field: "mode", label: t("grant.mode"), options: soldModes },
    {
      kind: "text",
      field: "orderNumber",
      label: t("grant.order"),
      hint: t("grant.orderHint"),
      isOptional: true,
    },
    {
      kind: "check",
      field: "refundLocked",
      label: t("grant.refundable"),
      hint: t("grant.refundableHint"),
      on: false,
    },
  ],
  comments: "comments",
  isGuarded: false,
  advise,
});

async function courses(client: Client, text: string): Promise<Option[]> {
  const { data } = await client.query(Courses, { text });
  return (data?.courses?.edges ?? []).map(({ node }) => ({
    value: node.id,
    label: node.title ?? t("list.untitled"),
    hint: node.key ?? node.id,
  }));
}

async function advise(client: Client, input: Record<string, unknown>): Promise<string[]> {
  const { username, courseUuid, mode } = input as { username: string; courseUuid: string; mode: string };
  const { data } = await client.query(BeforeGranting, { username, courseUuid, mode });
  return (data?.orderPreview?.[0]?.warnings ?? []).map((warning) => word(`warning.${warning}`));
}
