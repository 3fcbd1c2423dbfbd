import { createContext, useContext } from "react";
import { graphql } from "../gql";
import type { WhoQuery } from "../gql/graphql";

/** Who is reading, and what they may ask for. */
export const Who = graphql(`
  query Who {
    viewer {
      id
      username
      roles
      permissions
    }
  }
`);

/** Who is reading. */
type Reader = NonNullable<WhoQuery["viewer"]>;

const ReaderContext = createContext<Reader | null>(null);

/** Tells the screens below who is reading. */
export const ReaderProvider = ReaderContext.Provider;

/** Who is reading, and whether they may ask for a field, such as `Query.search`. */
export function useReader(): Reader & { may: (permission: string) => boolean } {
  const reader = useContext(ReaderContext);
  if (!reader) throw new Error("no screen is shown before the reader is known");
  return { ...reader, may: (permission) => reader.permissions?.includes(permission) ?? false };
}
