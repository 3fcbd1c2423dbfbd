import "./learner.css";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useQuery } from "urql";
import { isUntold } from "../../api/faults";
import { usePages } from "../../api/pages";
import { useLive } from "../../api/use-live";
import { useDialogs } from "../../commands/use-dialog";
import { EntitlementList, statesOf, type Saying } from "../../entitlement/list";
import { useReader } from "../../shell/who";
import { Answer, Notice } from "../../ui/answer";
import { AsOf } from "../../ui/as-of";
import { Avatar } from "../../ui/avatar";
import { Crumbs } from "../../ui/crumbs";
import { Icon } from "../../ui/icon";
import { t } from "../../words/words";
import { LearnerPage } from "./documents";
import { grantTo } from "./grant";

/** A learner: who they are, and what they are entitled to, now or at an instant. */
export default function LearnerScreen() {
  const { username } = useParams({ from: "/frame/learners/$username" });
  const { state, at } = useSearch({ from: "/frame/learners/$username" });
  const navigate = useNavigate({ from: "/learners/$username" });
  const [after, toNextPage] = usePages(`${username} ${state} ${at}`);
  const [result, again] = useQuery({
    query: LearnerPage,
    variables: { username, states: statesOf(state), asOf: at ?? null, after },
  });
  const { may } = useReader();
  const look = () => again({ requestPolicy: "network-only" });
  useLive({ choice: `?${new URLSearchParams({ username })}`, isPending: false, look });
  const { open, shown } = useDialogs({
    refresh: look,
    more: ({ entitlement }) =>
      entitlement && (
        <Link to="/entitlements/$id" params={{ id: entitlement.id }} search={{}}>
          {t("grant.open")}
        </Link>
      ),
  });
  const say = (change: Saying) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <div className="page">
      <Crumbs trail={[<Link to="/">{t("section.find")}</Link>, username]} />
      <Answer of={result} again={again}>
        {({ user, entitlements }) =>
          user && (entitlements ?? isUntold(result.error)) ? (
            <>
              <div className="title">
                <div className="learner">
                  <Avatar name={user.username} isLarge />
                  <div>
                    <h1>{user.username}</h1>
                    <p className="muted">
                      {t("learner.id", { id: user.id })}
                      {entitlements && <> · {t("list.count", { count: entitlements.totalCount })}</>}
                    </p>
                  </div>
                </div>
                <div className="actions">
                  <AsOf at={at} choose={(instant) => say({ at: instant })} />
                  {!at && may("Mutation.grantEntitlement") && (
                    <Button className="button primary" onPress={() => open(grantTo(user.username))}>
                      <Icon name="gift" size={16} /> {t("grant.label")}…
                    </Button>
                  )}
                </div>
              </div>
              {shown}
              <EntitlementList
                of={entitlements ?? null}
                saying={{ state, at }}
                say={say}
                toNextPage={toNextPage}
              />
            </>
          ) : (
            <Notice
              icon="learners"
              title={t("learner.unknown", { name: username })}
              hint={t("learner.unknownHint")}
            />
          )
        }
      </Answer>
    </div>
  );
}
