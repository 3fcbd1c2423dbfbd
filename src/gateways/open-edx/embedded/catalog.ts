import type { Query } from "../../query";
import type { CatalogGateway, CatalogRun, LiveRun, LmsMode } from "../catalog-gateway";

interface RunRow extends Omit<CatalogRun, "modes"> {
  modes: (Omit<LmsMode, "expiresAt"> & { expiresAtMs: number | null })[];
}

const RUNS = `select key, course_uuid as "courseUuid", title, org, number, level_type as "levelType",
    image_url as "imageUrl", marketing_url as "marketingUrl", is_self_paced as "isSelfPaced",
    starts_at as "startsAt", ends_at as "endsAt", enrollment_starts_at as "enrollmentStartsAt",
    enrollment_ends_at as "enrollmentEndsAt", array(
      select json_build_object('slug', slug, 'currency', currency, 'minPrice', min_price, 'sku', sku,
        'expiresAtMs', extract(epoch from expires_at) * 1000)
      from course_mode where course_run_key = key order by slug, currency
    ) as modes
  from course_run`;

/** The runs of our own tables. */
export class EmbeddedCatalogGateway implements CatalogGateway {
  constructor(private readonly query: Query) {}

  runsOfCourses(courseUuids: readonly string[]): Promise<CatalogRun[]> {
    return this.find("where course_uuid = any($1::uuid[])", courseUuids);
  }

  runs(keys: readonly string[]): Promise<CatalogRun[]> {
    return this.find("where key = any($1) and course_uuid is not null", keys);
  }

  async liveRun(key: string): Promise<LiveRun | null> {
    const [run] = await this.find("where key = any($1)", [key]);
    if (!run) return null;
    const { courseUuid: _, org: _org, number: _number, levelType: _level, ...rest } = run;
    const { imageUrl: _image, marketingUrl: _marketing, ...live } = rest;
    return { ...live, isInviteOnly: false };
  }

  private async find(where: string, names: readonly string[]): Promise<CatalogRun[]> {
    const rows = await this.query<RunRow>(`${RUNS} ${where} order by starts_at, key`, [names]);
    return rows.map((row) => ({
      ...row,
      modes: row.modes.map(({ expiresAtMs, ...mode }) => ({
        ...mode,
        expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs),
      })),
    }));
  }
}
