import { useFakeEdx } from "../asking";

const asking = useFakeEdx();

interface Page {
  next: string | null;
  count: number;
  results: { uuid: string }[];
}

/** Puts entitlements of a learner into the LMS, and lists those of a query as an account. */
async function list(query: string, username?: string) {
  asking.edx.world.entitlements = ["bob", "ada", "bob", "hopper", "bob"].map((user, place) => ({
    user,
    uuid: String(place),
  }));
  const url = `${asking.edx.lmsUrl}/api/entitlements/v1/entitlements/?${query}`;
  const { status, body } = await asking.get<Page>(url, username);
  return { status, next: body.next, uuids: body.results?.map(({ uuid }) => uuid) };
}

test("staff list a learner's, and without a name their own; others list their own alone", async () => {
  expect((await list("user=bob")).uuids).toEqual(["0", "2", "4"]);
  expect((await list("", "hopper")).uuids).toEqual(["3"]);
  expect((await list("user=bob", "ada")).uuids).toEqual([]);
  expect((await list("user=nobody")).uuids).toEqual([]);
});

test("a page names the next one, and a page that is not there is 404", async () => {
  const first = await list("user=bob&page_size=2");
  expect([first.uuids, first.next]).toEqual([["0", "2"], expect.stringContaining("page=2") as string]);
  const second = await list("user=bob&page_size=2&page=2");
  expect([second.uuids, second.next]).toEqual([["4"], null]);
  expect((await list("user=bob&page_size=2&page=3")).status).toBe(404);
});
