import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { ConfigError } from "../../config";
import type { Coding } from "../compression/accepted";

/** A file that the build of the console has made. */
export interface ConsoleFile {
  type: string;
  /** What tells this content from any other. */
  etag: string;
  /** Whether its name tells its content, so that a browser need never ask for it again. */
  isHashed: boolean;
  /** Its bytes as they are, and in each coding in which it was built. */
  bodies: Partial<Record<Coding, Buffer>> & { plain: Buffer };
}

/** The style sheet of a brand has at most so many bytes; Paragon's own has 0.1 MB. */
const BRAND_BYTES = 1_000_000;

/** Where the console is. Its files are built for addresses below this one. */
export const CONSOLE_PATH = "/console";

/** Where `npm run build` puts it, seen from the compiled file. */
const BUILT = join(__dirname, "../../../console");

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/**
 * The built files by their addresses, of which there are fewer than a hundred; null while they are not built. All are
 * read at once: no address that a browser sends ever becomes the name of a file.
 */
export function consoleFiles(folder = BUILT): Map<string, ConsoleFile> | null {
  if (!existsSync(folder)) return null;
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return new Map(
    names
      .filter((name) => TYPES[extname(name)])
      .map((name) => [`${CONSOLE_PATH}/${name.replaceAll("\\", "/")}`, fileAt(folder, name)]),
  );
}

/** The style sheet with the colors of an installation. Throws ConfigError when it cannot be read. */
export function brandFile(path: string): ConsoleFile {
  try {
    const file = fileAt(dirname(path), basename(path));
    if (file.bodies.plain.length <= BRAND_BYTES) return { ...file, type: TYPES[".css"]!, isHashed: false };
  } catch (error) {
    throw new ConfigError(`CONSOLE_BRAND_CSS: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  throw new ConfigError(`CONSOLE_BRAND_CSS: has more than ${BRAND_BYTES / 1_000_000} MB`);
}

function fileAt(folder: string, name: string): ConsoleFile {
  const plain = readFileSync(join(folder, name));
  const inCoding = (ending: string) => {
    const path = join(folder, `${name}.${ending}`);
    return existsSync(path) ? readFileSync(path) : undefined;
  };
  return {
    type: TYPES[extname(name)]!,
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
    isHashed: name.startsWith("assets"),
    bodies: { plain, br: inCoding("br"), gzip: inCoding("gz") },
  };
}
