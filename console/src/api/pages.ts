import { useState } from "react";

/** The cursor of the page that is shown; a list that is asked for otherwise begins at its first page. */
export function usePages(list: string): [after: string | null, to: (after: string | null) => void] {
  const [place, setPlace] = useState<{ list: string; after: string | null }>({ list, after: null });
  return [place.list === list ? place.after : null, (after) => setPlace({ list, after })];
}
