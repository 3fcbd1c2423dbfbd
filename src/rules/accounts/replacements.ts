/** That an account gets another username. */
export interface Replacement {
  /** The username that it has. */
  from: string;
  /** The username that it gets. */
  to: string;
}

/** An account that has one of the usernames of a request, in any case. */
interface Holder {
  id: string;
  username: string;
}

/** What becomes of the replacements of a request. */
export interface ReplacementPlan {
  /** Those that are possible, and those that ask for nothing: the username is unknown here, or stays. */
  possible: Replacement[];
  failed: Replacement[];
  /** The accounts that change, by the ids, with their new usernames. */
  changes: { id: string; username: string }[];
}

/**
 * Decides which usernames can be replaced, all at once: so accounts can swap theirs. It fails where one username is to
 * become several, where several are to become one, in any case, where one of them is that of a retired account, and where
 * an account has the new one that keeps it.
 */
export function planReplacements(
  asked: readonly Replacement[],
  accounts: readonly Holder[],
  isRetired: (username: string) => boolean,
): ReplacementPlan {
  const targets = grouped(asked, "from", "to");
  const sources = grouped(asked, "to", "from");
  const isClear = ({ from, to }: Replacement) =>
    targets.get(fold(from))!.size === 1 &&
    sources.get(fold(to))!.size === 1 &&
    !isRetired(from) &&
    !isRetired(to);
  const idOf = new Map(accounts.map(({ id, username }) => [username, id]));
  const clear = new Set(asked.filter(isClear));
  const doable = settled(
    [...clear].filter(({ from, to }) => idOf.has(from) && from !== to),
    accounts,
  );
  const isPossible = (one: Replacement) =>
    clear.has(one) && (doable.has(one) || !idOf.has(one.from) || one.from === one.to);
  return {
    possible: asked.filter(isPossible),
    failed: asked.filter((one) => !isPossible(one)),
    changes: [...new Map([...doable].map(({ from, to }) => [idOf.get(from)!, to]))].map(([id, username]) => ({
      id,
      username,
    })),
  };
}

/** Those of some replacements whose new usernames nobody keeps. One that falls away keeps its own, which others may want. */
function settled(wanted: readonly Replacement[], accounts: readonly Holder[]): Set<Replacement> {
  const leaving = new Set(wanted.map(({ from }) => from));
  const kept = new Set(
    accounts.filter(({ username }) => !leaving.has(username)).map(({ username }) => fold(username)),
  );
  const free = wanted.filter(({ to }) => !kept.has(fold(to)));
  return free.length === wanted.length ? new Set(free) : settled(free, accounts);
}

/** For each username of one side, in any case, those of the other side. */
function grouped(asked: readonly Replacement[], key: keyof Replacement, other: keyof Replacement) {
  const found = new Map<string, Set<string>>();
  for (const one of asked) {
    const name = fold(one[key]);
    found.set(name, (found.get(name) ?? new Set()).add(one[other]));
  }
  return found;
}

function fold(username: string): string {
  return username.toLowerCase();
}
