import { useCallback, useEffect } from "react";
import { useQuery } from "urql";
import { useRepeated } from "../api/live";
import { graphql } from "../gql";
import { useReader } from "./who";

/** How many refunds and calls to the LMS wait for an agent or for an answer. */
const Waiting = graphql(`
  query Waiting {
    refunds(filter: { states: [REQUESTED, IN_DOUBT, NEEDS_REVIEW] }, first: 1) {
      totalCount
    }
    enrollmentCalls(filter: { states: [NEEDS_REVIEW] }, first: 1) {
      totalCount
    }
  }
`);

const LOOK_MS = 15_000;
/** A command on an entitlement may have ended what waited. */
const CHANGED_BY = { additionalTypenames: ["CourseEntitlement"] };

/** What waits, by the sections of the side bar; nothing where the reader may not ask. */
export function useWaiting(pathname: string): { refunds: number; calls: number } {
  const { may } = useReader();
  const isAllowed = may("Query.refunds") && may("Query.enrollmentCalls");
  const [{ data }, again] = useQuery({ query: Waiting, pause: !isAllowed, context: CHANGED_BY });
  const look = useCallback(() => again({ requestPolicy: "network-only" }), [again]);
  useRepeated(isAllowed, LOOK_MS, look);
  useEffect(() => {
    if (isAllowed) look();
  }, [isAllowed, look, pathname]);
  return { refunds: data?.refunds?.totalCount ?? 0, calls: data?.enrollmentCalls?.totalCount ?? 0 };
}
