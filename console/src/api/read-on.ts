import { useMemo, useState } from "react";
import type { CombinedError } from "urql";

/** A page of a list, as the API sends it. */
export interface PageOf<Node> {
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
  edges: readonly { node: Node }[];
}

/** What has been read of a list so far, and how to read on. */
export interface ReadSoFar<Node> {
  nodes: Node[];
  /** Reads the next page; undefined where everything has been read. */
  readOn: (() => Promise<void>) | undefined;
  /** Why the last page could not be read. */
  error: CombinedError | undefined;
}

/** What a question for a further page is answered with. */
export interface FurtherPage<Node> {
  page: PageOf<Node> | null | undefined;
  error: CombinedError | undefined;
}

const nextOf = <Node>({ pageInfo }: PageOf<Node>) =>
  pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;

/** A list that grows page by page: the first page may be read again and again, those after it stay as they were read. */
export function useReadOn<Node extends { id: string }>(
  first: PageOf<Node>,
  read: (after: string) => Promise<FurtherPage<Node>>,
): ReadSoFar<Node> {
  const [further, setFurther] = useState<{ nodes: Node[]; next: string | null } | null>(null);
  const [error, setError] = useState<CombinedError>();
  const nodes = useMemo(() => {
    const all = [...first.edges.map(({ node }) => node), ...(further?.nodes ?? [])];
    return [...new Map(all.map((node) => [node.id, node])).values()];
  }, [first.edges, further]);
  const next = further ? further.next : nextOf(first);
  const readOn = async (after: string) => {
    const answer = await read(after);
    setError(answer.error);
    const { page } = answer;
    if (page)
      setFurther({
        nodes: [...(further?.nodes ?? []), ...page.edges.map(({ node }) => node)],
        next: nextOf(page),
      });
  };
  return { nodes, readOn: next === null ? undefined : () => readOn(next), error };
}
