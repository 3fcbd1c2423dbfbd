import { z } from "zod";
import { HttpFailure } from "../../http-client";
import type { OpenEdxSystem } from "./system";

/** So many pages are read of one learner's list. */
const PAGES_AT_MOST = 100;

const page = z.object({
  next: z.string().nullable(),
  results: z.array(z.looseObject({ uuid: z.string() })),
});

/** An entitlement as the LMS shows it, with all keys that it sends. */
export type ToldEntitlement = z.infer<typeof page>["results"][number];

/**
 * The entitlements of a learner as an LMS lists them for its staff; to others it lists none. Rejects with HttpFailure.
 */
export async function toldEntitlements(lms: OpenEdxSystem, username: string): Promise<ToldEntitlement[]> {
  const all: ToldEntitlement[] = [];
  for (let number = 1; number <= PAGES_AT_MOST; number++) {
    const query = new URLSearchParams({ user: username, page: String(number), page_size: "100" });
    const { next, results } = (await lms.get(
      `/api/entitlements/v1/entitlements/?${query.toString()}`,
      page,
    ))!;
    all.push(...results);
    if (next === null) return all;
  }
  throw new HttpFailure("TOO_LARGE", true);
}
