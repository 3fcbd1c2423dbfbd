import { select, type Database } from "../../store/statement";
import { GrowingTree, TILE_WIDTH, type Tile } from "../tree/growing-tree";
import { rootsOf, tilesOf, type Span } from "../tree/paths";

const HASH_BYTES = 32;

/** Which tile: its level, and its place among the tiles of that level. */
export type TileId = Pick<Tile, "level" | "index">;

/** Reads tiles, in the order in which they are asked for; a missing one has no hashes. */
export async function readTiles(db: Database, ids: readonly TileId[]): Promise<Tile[]> {
  const rows = await select<{ hashes: Buffer }>(
    db,
    `select coalesce(hashes, '') as hashes
     from unnest($1::smallint[], $2::bigint[]) with ordinality wanted (level, index, place)
     left join history_tile using (level, index) order by place`,
    [ids.map(({ level }) => level), ids.map(({ index }) => index)],
  );
  return rows.map(({ hashes }, place) => ({ ...ids[place]!, hashes: split(hashes) }));
}

/** The first hashes of a tile; null where it has fewer. */
export async function hashesOf(
  db: Database,
  { level, index }: TileId,
  count: number,
): Promise<Buffer | null> {
  const [tile] = await select<{ hashes: Buffer }>(
    db,
    "select substr(hashes, 1, $3) as hashes from history_tile where level = $1 and index = $2 and octet_length(hashes) >= $3",
    [level, index, count * HASH_BYTES],
  );
  return tile?.hashes ?? null;
}

/** Writes tiles, in place of shorter ones. */
export async function writeTiles(db: Database, tiles: readonly Tile[]): Promise<void> {
  await db.query(
    `insert into history_tile (level, index, hashes) select * from unnest($1::smallint[], $2::bigint[], $3::bytea[])
     on conflict (level, index) do update set hashes = excluded.hashes`,
    [
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ hashes }) => Buffer.concat(hashes)),
    ],
  );
}

/** The tree of a size, to append to it. */
export async function readTree(db: Database, size: number): Promise<GrowingTree> {
  const ids: TileId[] = [];
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH))
    ids.push({ level, index: Math.floor(hashes / TILE_WIDTH) });
  const tiles = await readTiles(db, ids);
  const last = ids.map(({ level, index }) => {
    const count = Math.floor(size / TILE_WIDTH ** level) % TILE_WIDTH;
    const { hashes } = tiles.find((tile) => tile.level === level && tile.index === index)!;
    if (hashes.length < count) throw new Error(`tile ${level}/${index} of history lacks hashes`);
    return hashes.slice(0, count);
  });
  return new GrowingTree(size, last);
}

function split(hashes: Buffer): Buffer[] {
  return Array.from({ length: hashes.length / HASH_BYTES }, (_, place) =>
    hashes.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES),
  );
}

/** The hashes of paths. The tiles that all of them need are read at once. */
export async function readPaths(db: Database, paths: readonly (readonly Span[])[]): Promise<Buffer[][]> {
  const needed = new Map(paths.flatMap(tilesOf).map((tile) => [`${tile.level}/${tile.index}`, tile]));
  if (needed.size === 0) return paths.map(() => []);
  const tiles = await readTiles(db, [...needed.values()]);
  const known = new Map(tiles.map(({ level, index, hashes }) => [`${level}/${index}`, hashes]));
  return paths.map((path) => rootsOf(path, (level, index) => known.get(`${level}/${index}`)!));
}
