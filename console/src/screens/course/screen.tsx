import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useQuery } from "urql";
import { isUntold } from "../../api/faults";
import { usePages } from "../../api/pages";
import { EntitlementList, statesOf, type Saying } from "../../entitlement/list";
import { Answer } from "../../ui/answer";
import { AsOf } from "../../ui/as-of";
import { Crumbs } from "../../ui/crumbs";
import { t } from "../../words/words";
import { CoursePage } from "./documents";

/** Who is entitled to a course, now or at an instant. */
export default function CourseScreen() {
  const { key } = useParams({ from: "/frame/courses/$key" });
  const { state, at } = useSearch({ from: "/frame/courses/$key" });
  const navigate = useNavigate({ from: "/courses/$key" });
  const [after, toNextPage] = usePages(`${key} ${state} ${at}`);
  const [result, again] = useQuery({
    query: CoursePage,
    variables: { key, states: statesOf(state), asOf: at ?? null, after },
  });
  const say = (change: Saying) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <div className="page">
      <Crumbs trail={[<Link to="/">{t("section.find")}</Link>, key]} />
      <Answer of={result} again={again}>
        {({ entitlements }) =>
          (entitlements ?? isUntold(result.error)) && (
            <>
              <div className="title">
                <div>
                  <h1>{entitlements?.edges[0]?.node.course.title ?? key}</h1>
                  {entitlements && (
                    <p className="muted">{t("list.count", { count: entitlements.totalCount })}</p>
                  )}
                </div>
                <AsOf at={at} choose={(instant) => say({ at: instant })} />
              </div>
              <EntitlementList
                of={entitlements ?? null}
                saying={{ state, at }}
                say={say}
                toNextPage={toNextPage}
                isOfMany
              />
            </>
          )
        }
      </Answer>
    </div>
  );
}
