import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "react-aria-components";
import { Diff } from "../../entitlement/diff";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icon";
import { Time } from "../../ui/time";
import { operationWord, t } from "../../words/words";
import type { Found, Group } from "./groups";

/** Who did what. */
function Deed({ of: { changedByLabel, operation } }: { of: Found }) {
  const name = changedByLabel ?? t("timeline.support");
  return (
    <span className="deed">
      <Avatar name={name} /> <b>{name}</b> <span>{operationWord(operation)}</span>
    </span>
  );
}

/** The changes of one request, as one row that opens. */
export function GroupRow(props: {
  group: Group;
  /** Whether older changes have not been loaded, of which some may belong to it. */
  isPartial: boolean;
  narrow: (requestId: string) => void;
}) {
  const { group, isPartial, narrow } = props;
  const [isOpen, open] = useState(false);
  const [first] = group.entries;
  return (
    <li className="entry">
      <div className="entry-head group-head">
        <Button className="entry-open" aria-expanded={isOpen} onPress={() => open(!isOpen)}>
          <Icon name="chevron" size={16} />
          <Deed of={first} />
        </Button>
        <span className="entry-count muted">
          {t(isPartial ? "entry.shown" : "entry.changes", { count: group.entries.length })}
        </span>
        <Time at={first.changedAt} as="second" />
      </div>
      {isOpen && (
        <ol className="entries entries-inner">
          {group.entries.map((entry) => (
            <EntryRow key={entry.id} entry={entry} narrow={narrow} />
          ))}
        </ol>
      )}
    </li>
  );
}

/** A change as a row that opens to what it has changed. */
export function EntryRow({ entry, narrow }: { entry: Found; narrow: (requestId: string) => void }) {
  const [isOpen, open] = useState(false);
  const { entityType, type, changedAt, entitlement } = entry;
  return (
    <li className="entry">
      <div className="entry-head">
        <Button className="entry-open" aria-expanded={isOpen} onPress={() => open(!isOpen)}>
          <Icon name="chevron" size={16} />
          <Deed of={entry} />
        </Button>
        <span className="entry-about">
          {entitlement && (
            <>
              <Link to="/entitlements/$id" params={{ id: entitlement.id }} search={{}}>
                {entitlement.course.title ?? t("list.untitled")}
              </Link>
              {entitlement.user && (
                <>
                  <span className="muted"> · </span>
                  <Link to="/learners/$username" params={{ username: entitlement.user.username }} search={{}}>
                    {entitlement.user.username}
                  </Link>
                </>
              )}
            </>
          )}{" "}
        </span>
        <span className="entry-kind muted">
          {t(`tracked.${entityType}`)} {t(`changed.${type}`)}
        </span>
        <Time at={changedAt} as="second" />
      </div>
      {isOpen && <Opened entry={entry} narrow={narrow} />}
    </li>
  );
}

function Opened({ entry, narrow }: { entry: Found; narrow: (requestId: string) => void }) {
  const { requestId, transactionId, entityId, source, changedByRole, changedAt, entitlement } = entry;
  return (
    <div className="entry-body">
      <Diff entry={entry} isWhole />
      <p className="muted small">
        {t(`source.${source}`)}
        {changedByRole && <> · {t(`role.${changedByRole}`)}</>}
        {requestId && (
          <>
            {" · "}
            {t("timeline.request")} <code>{requestId}</code>
          </>
        )}
        {" · "}
        {t("entry.transaction")} <code>{transactionId}</code>
        {" · "}
        {t("entry.entity")} <code>{entityId}</code>
      </p>
      <p className="entry-deeds">
        {entitlement && (
          <Link
            className="link"
            to="/entitlements/$id"
            params={{ id: entitlement.id }}
            search={{ at: changedAt }}
          >
            {t("entry.then")}
          </Link>
        )}
        {requestId && (
          <Button className="link" onPress={() => narrow(requestId)}>
            {t("entry.request")}
          </Button>
        )}
      </p>
    </div>
  );
}
