import "./find.css";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import {
  Autocomplete,
  Button,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  SearchField,
} from "react-aria-components";
import { useQuery } from "urql";
import { useSettled } from "../../api/live";
import type { FindQuery } from "../../gql/graphql";
import { FaultNotice, Loading, Notice } from "../../ui/answer";
import { Avatar } from "../../ui/avatar";
import { StateBadge } from "../../ui/badge";
import { Icon } from "../../ui/icon";
import { t } from "../../words/words";
import { Find } from "./documents";

type Found = NonNullable<FindQuery["search"]>[number];
const GROUPS = ["User", "CourseEntitlement", "Course", "CourseRun"] as const;

/** Where a result leads. */
function addressOf(found: Found): string {
  switch (found.__typename) {
    case "User":
      return `/learners/${encodeURIComponent(found.username)}`;
    case "CourseEntitlement":
      return `/entitlements/${found.id}`;
    case "Course":
      return `/courses/${encodeURIComponent(found.key ?? "")}`;
    case "CourseRun":
      return `/courses/${encodeURIComponent(courseKeyOf(found.id))}`;
  }
}

/** The key of the course that a run belongs to, such as `DemoX+T101`. */
const courseKeyOf = (runKey: string) =>
  runKey
    .replace(/^course-v1:/, "")
    .split("+")
    .slice(0, 2)
    .join("+");

/** The results without those that lead where an earlier one leads: the runs of a course that is found too. */
const withoutRepeats = (results: readonly Found[]) =>
  [...new Map(results.toReversed().map((found) => [addressOf(found), found])).values()].toReversed();

/** The box that finds everything. Arrows choose and Enter opens, while the reader goes on typing. */
export function FindBox({ initial = "", changed }: { initial?: string; changed?: (text: string) => void }) {
  const [typed, type] = useState(initial);
  const text = useSettled(typed.trim());
  const router = useRouter();
  const [{ data, error, fetching }, again] = useQuery({
    query: Find,
    variables: { text },
    pause: text === "",
  });
  useEffect(() => {
    if (text !== initial) changed?.(text);
    // The address follows the box, and not the other way.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);
  const results = text === "" ? [] : withoutRepeats(data?.search ?? []);
  return (
    <div className="find">
      <Autocomplete inputValue={typed} onInputChange={type}>
        <SearchField className="find-field" aria-label={t("find.label")} autoFocus>
          <Icon name="search" />
          <Input placeholder={t("find.placeholder")} spellCheck="false" autoComplete="off" />
          {typed && (
            <Button className="icon-button" aria-label={t("app.close")}>
              <Icon name="cross" size={16} />
            </Button>
          )}
        </SearchField>
        {error && !fetching ? (
          <FaultNotice error={error} again={again} />
        ) : (
          <ListBox
            className="find-results"
            aria-label={t("find.results")}
            onAction={(address) => void router.navigate({ href: String(address) })}
            renderEmptyState={() => <Nothing text={text} isLooking={fetching || typed.trim() !== text} />}
          >
            {GROUPS.map((group) => [group, results.filter((each) => each.__typename === group)] as const)
              .filter(([, items]) => items.length > 0)
              .map(([group, items]) => (
                <ListBoxSection key={group}>
                  <Header>{t(`find.group.${group}`)}</Header>
                  {items.map((found) => (
                    <ListBoxItem
                      key={`${group}-${found.id}`}
                      id={addressOf(found)}
                      textValue={nameOf(found)}
                      className="find-result"
                    >
                      <Row of={found} />
                    </ListBoxItem>
                  ))}
                </ListBoxSection>
              ))}
          </ListBox>
        )}
      </Autocomplete>
    </div>
  );
}

function Nothing({ text, isLooking }: { text: string; isLooking: boolean }) {
  if (isLooking && text) return <Loading lines={3} />;
  return text ? <Notice icon="search" title={t("find.none", { text })} hint={t("find.noneHint")} /> : null;
}

const nameOf = (found: Found) =>
  found.__typename === "User"
    ? found.username
    : found.__typename === "CourseEntitlement"
      ? (found.course.title ?? found.id)
      : (found.title ?? found.id);

function Row({ of: found }: { of: Found }) {
  if (found.__typename === "User")
    return (
      <>
        <Avatar name={found.username} />
        <b>{found.username}</b>
      </>
    );
  if (found.__typename === "CourseEntitlement")
    return (
      <>
        <span className="find-text">
          <b>{found.course.title ?? t("find.untitled")}</b>
          <small>
            {found.user?.username} ·{" "}
            {found.orderNumber ? t("find.order", { number: found.orderNumber }) : t("find.noOrder")}
          </small>
        </span>
        <StateBadge of={found.state} />
      </>
    );
  return (
    <>
      <Icon name="book" />
      <span className="find-text">
        <b>{found.title ?? t("find.untitled")}</b>
        <small>{found.__typename === "Course" ? found.key : found.id}</small>
      </span>
    </>
  );
}
