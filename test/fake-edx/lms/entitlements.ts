import type { Call, Reply } from "../http/call";

const PAGE_SIZE = { usual: 50, most: 100 };

/** A page of the entitlements that the LMS holds: of the learner that staff name, or else of who asks. */
export function entitlementPage({ world, caller, url }: Call): Reply {
  const { searchParams: query } = url;
  const named = query.get("user");
  const visible = world.entitlements.filter(({ user }) =>
    caller!.isStaff && named ? user === named : user === caller!.username && (!named || user === named),
  );
  const size = Math.min(Number(query.get("page_size")) || PAGE_SIZE.usual, PAGE_SIZE.most);
  const page = Number(query.get("page") ?? 1);
  const pages = Math.max(1, Math.ceil(visible.length / size));
  if (!(page >= 1 && page <= pages)) return { status: 404, body: { detail: "Invalid page." } };
  const linkTo = (number: number) => {
    if (number < 1 || number > pages) return null;
    const link = new URL(url);
    link.searchParams.set("page", String(number));
    return link.href;
  };
  const start = (page - 1) * size;
  return {
    status: 200,
    body: {
      next: linkTo(page + 1),
      previous: linkTo(page - 1),
      count: visible.length,
      num_pages: pages,
      current_page: page,
      start,
      results: visible.slice(start, start + size),
    },
  };
}
