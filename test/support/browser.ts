import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const SYSTEM = "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
];

/**
 * Starts a browser that reaches nothing but this machine: the Chromium of CHROMIUM_PATH, that of the system, or the one
 * from npm, so that no test has to be skipped because there is no browser. The one from npm is for Linux on x64.
 */
export async function launchBrowser(): Promise<Browser> {
  const own = process.env["CHROMIUM_PATH"] ?? (existsSync(SYSTEM) ? SYSTEM : undefined);
  return own ? chromium.launch({ executablePath: own, args: ARGUMENTS }) : launchPinnedBrowser();
}

/** Starts the browser from npm, which draws a page alike on every machine. */
export async function launchPinnedBrowser(): Promise<Browser> {
  const folder = unpacked();
  return chromium.launch({
    executablePath: join(folder, "chromium"),
    args: [...ARGUMENTS, "--no-zygote", "--headless=shell", "--font-render-hinting=none"],
    env: {
      ...process.env,
      // It brings the libraries and fonts that a bare machine lacks.
      LD_LIBRARY_PATH: join(folder, "al2023/lib"),
      FONTCONFIG_PATH: join(folder, "fonts"),
    },
  });
}

/** Unpacks the browser from npm once for each installation. */
function unpacked(): string {
  const root = join(dirname(require.resolve("@sparticuz/chromium")), "../..");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const cache = join(dirname(dirname(root)), ".cache");
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const unpacking = mkdtempSync(`${folder}-`);
  // A process of its own: it unpacks into the folder for temporary files, and its libraries only on Lambda.
  const program = 'import("@sparticuz/chromium").then((chromium) => chromium.default.executablePath())';
  execFileSync(process.execPath, ["-e", program], {
    cwd: root,
    env: { ...process.env, TMPDIR: unpacking, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" },
  });
  // Its own configuration looks for the fonts where Lambda has them; without any, a page has no text.
  writeFileSync(
    join(unpacking, "fonts/fonts.conf"),
    `<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>`,
  );
  try {
    renameSync(unpacking, folder);
  } catch (error) {
    rmSync(unpacking, { recursive: true });
    if (!existsSync(folder)) throw error; // otherwise another process was faster
  }
  return folder;
}
