import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import type { Command } from "../../commands/commands";
import { Icon } from "../../ui/icon";
import { t } from "../../words/words";

/** So many commands have a button of their own; the others are in a menu. */
const BUTTONS = 3;

/** What the reader can do about the entitlement. */
export function Actions({ commands, open }: { commands: Command[]; open: (command: Command) => void }) {
  const more = commands.slice(BUTTONS);
  if (commands.length === 0) return null;
  return (
    <div className="actions" role="group" aria-label={t("command.actions")}>
      {commands.slice(0, BUTTONS).map((command) => (
        <Button key={command.name} className="button" onPress={() => open(command)}>
          <Icon name={command.icon} size={16} /> {command.label}…
        </Button>
      ))}
      {more.length > 0 && (
        <MenuTrigger>
          <Button className="button">{t("command.more")}</Button>
          <Popover className="popover" placement="bottom end">
            <Menu className="menu" aria-label={t("command.more")}>
              {more.map((command) => (
                <MenuItem key={command.name} className="menu-item" onAction={() => open(command)}>
                  <Icon name={command.icon} size={16} /> {command.label}…
                </MenuItem>
              ))}
            </Menu>
          </Popover>
        </MenuTrigger>
      )}
    </div>
  );
}
