import { useClient } from "urql";
import { useReadOn, type ReadSoFar } from "../../api/read-on";
import type { EntryFragment } from "../../gql/graphql";
import { Older } from "./documents";
import type { Page } from "./screen";

/** The history that has been read so far, and how to read on. */
export type History = ReadSoFar<EntryFragment>;

/** The history of the entitlement: its newest page, which is read again and again, and the older ones. */
export function useOlder({ id, history }: Page, withDetail: boolean): History {
  const client = useClient();
  return useReadOn(history, async (after) => {
    const { data, error } = await client.query(Older, { id, after, withDetail });
    return { page: data?.entitlement?.history, error };
  });
}
