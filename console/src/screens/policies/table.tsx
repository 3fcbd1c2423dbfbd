import { Fragment } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import type { Command } from "../../commands/commands";
import { days, policyName } from "../../entitlement/policy";
import type { PolicyRowFragment } from "../../gql/graphql";
import { Badge } from "../../ui/badge";
import { Icon } from "../../ui/icon";
import { tell } from "../../words/dates";
import { LANGUAGE } from "../../words/language";
import { t } from "../../words/words";
import { History } from "./history";

/** A policy, how many entitlements have it, and what the reader may do with it. */
export interface PolicyRow {
  policy: PolicyRowFragment;
  count: number;
  commands: Command[];
}

/** All policies as a table, at last the periods that hold without one. */
export function PolicyTable(props: {
  rows: readonly PolicyRow[];
  /** The policy whose history is shown. */
  opened: string | undefined;
  toggle: (id: string) => void;
  open: (policy: PolicyRowFragment, command: Command) => void;
}) {
  const { rows, opened, toggle, open } = props;
  return (
    <div className="card list stacked policies">
      <table>
        <caption className="hidden">{t("policies.table")}</caption>
        <thead>
          <tr>
            {(["for", "expiration", "refund", "regain", "count", "state"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`policies.${column}`)}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ policy, count, commands }) => (
            <Fragment key={policy.id}>
              <tr>
                <th scope="row">
                  <b>{policy.isDefault ? t("policies.default") : policyName(policy)}</b>
                  {policy.isDefault && <small>{t("policies.defaultHint")}</small>}
                </th>
                {(["expiration", "refund", "regain"] as const).map((period) => (
                  <td key={period}>
                    <span className="narrow-only muted">{t(`policies.${period}`)}: </span>
                    {t("policy.days", { count: days(policy[`${period}Period`]) })}
                  </td>
                ))}
                <td>
                  <span className="narrow-only muted">{t("policies.count")}: </span>
                  {count.toLocaleString(LANGUAGE)}
                </td>
                <td>
                  {policy.retiredAt ? (
                    <Badge tone="dim" text={t("policies.retired", { day: tell(policy.retiredAt, "day") })} />
                  ) : (
                    <Badge tone="good" text={t("policies.inUse")} />
                  )}
                </td>
                <td className="end">
                  {!policy.isDefault && (
                    <span className="actions">
                      <Button
                        className="link"
                        aria-expanded={opened === policy.id}
                        aria-label={`${t("policies.history")}: ${policyName(policy)}`}
                        onPress={() => toggle(policy.id)}
                      >
                        {t("policies.history")}
                      </Button>
                      <PolicyMenu {...{ policy, commands, open }} />
                    </span>
                  )}
                </td>
              </tr>
              {opened === policy.id && (
                <tr className="opened">
                  <td colSpan={7}>
                    <History id={policy.id} key={JSON.stringify(policy)} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PolicyMenu(props: {
  policy: PolicyRowFragment;
  commands: Command[];
  open: (policy: PolicyRowFragment, command: Command) => void;
}) {
  const { policy, commands, open } = props;
  const [edit, ...more] = commands;
  if (!edit) return null;
  return (
    <>
      <Button
        className="button"
        aria-label={`${t("policy.edit")}… ${policyName(policy)}`}
        onPress={() => open(policy, edit)}
      >
        {t("policy.edit")}…
      </Button>
      <MenuTrigger>
        <Button className="button" aria-label={`${t("command.more")}: ${policyName(policy)}`}>
          {t("command.more")}
        </Button>
        <Popover className="popover" placement="bottom end">
          <Menu className="menu" aria-label={t("policies.actions")}>
            {more.map((command) => (
              <MenuItem key={command.label} className="menu-item" onAction={() => open(policy, command)}>
                <Icon name={command.icon} size={16} /> {command.label}…
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
    </>
  );
}
