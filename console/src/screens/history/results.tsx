import { Button, Switch } from "react-aria-components";
import { useClient, useQuery } from "urql";
import { useReadOn } from "../../api/read-on";
import type { HistoryFilter } from "../../gql/graphql";
import type { HistorySearchQuery } from "../../gql/graphql";
import { Answer, FaultNotice, Notice } from "../../ui/answer";
import { t } from "../../words/words";
import { HistorySearch } from "./documents";
import { Export } from "./export";
import { groupsOf } from "./groups";
import { EntryRow, GroupRow } from "./row";

/** What can be done with the results. */
interface Ways {
  isGrouped: boolean;
  group: (isGrouped: boolean) => void;
  /** Searches for the changes of one request alone. */
  narrow: (requestId: string) => void;
}

/** The changes that match, page by page, and the way to take all of them out. */
export function Results({ filter, ...ways }: { filter: HistoryFilter } & Ways) {
  const variables = { filter, after: null, isFirst: true, withDetail: true };
  const [result, again] = useQuery({ query: HistorySearch, variables });
  return (
    <Answer of={result} again={() => again({ requestPolicy: "network-only" })}>
      {({ history }) => history && <Listed history={history} filter={filter} {...ways} />}
    </Answer>
  );
}

function Listed(
  props: { history: NonNullable<HistorySearchQuery["history"]>; filter: HistoryFilter } & Ways,
) {
  const { history, filter, isGrouped, group, narrow } = props;
  const client = useClient();
  const total = history.totalCount ?? null;
  const { nodes, readOn, error } = useReadOn(history, async (after) => {
    const variables = { filter, after, isFirst: false, withDetail: true };
    const answer = await client.query(HistorySearch, variables);
    return { page: answer.data?.history, error: answer.error };
  });
  if (nodes.length === 0) {
    const isAll = Object.keys(filter).length === 0;
    const [title, hint] = isAll
      ? [t("search.empty"), t("search.emptyHint")]
      : [t("search.none"), t("search.noneHint")];
    return <Notice icon="clock" title={title} hint={hint} />;
  }
  return (
    <section className="card results" aria-labelledby="results">
      <div className="head">
        <h2 id="results">{total === null ? t("search.many") : t("search.count", { count: total })}</h2>
        <div className="results-ways">
          <Switch className="switch" isSelected={isGrouped} onChange={group}>
            <span className="switch-track" />
            {t("search.group")}
          </Switch>
          <Export filter={filter} total={total} />
        </div>
      </div>
      <ol className="entries">
        {isGrouped
          ? groupsOf(nodes).map((each) => (
              <GroupRow key={each.id} group={each} isPartial={Boolean(readOn)} narrow={narrow} />
            ))
          : nodes.map((entry) => <EntryRow key={entry.id} entry={entry} narrow={narrow} />)}
      </ol>
      {error && <FaultNotice error={error} again={() => void readOn?.()} />}
      {readOn && !error && (
        <Button className="button more" onPress={() => void readOn()}>
          {t("search.more")}
        </Button>
      )}
    </section>
  );
}
