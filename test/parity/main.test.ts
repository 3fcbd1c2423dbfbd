import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PolicyVector } from "./vectors";

const created = "2024-01-01T00:00:00.000000Z";
const uuid = "77d17945-8c3b-4362-be28-2338a289bfb7";

/** A day-old entitlement with an order, as the original answered; the overrides make of it what a test needs. */
function aVector({ expected, ...overrides }: Partial<PolicyVector> = {}): PolicyVector {
  return {
    id: "policy-1",
    kind: "policy",
    now: "2024-01-02T00:00:00.000000Z",
    entitlement: {
      uuid,
      courseUuid: uuid,
      mode: "verified",
      created,
      expiredAt: null,
      orderNumber: "EDX-1001",
      orderNumberWrittenBy: "save",
      refundLocked: false,
    },
    policy: null,
    enrollment: null,
    expected: {
      storedOrderNumber: "EDX-1001",
      daysSinceCreated: 1,
      daysUntilExpiration: 729,
      isRegainable: false,
      isRefundable: true,
      isRedeemable: true,
      readExpiredAt: {
        expiredAt: null,
        becameSet: false,
        storedExpiredAt: null,
        storedModified: created,
        historyRowsAdded: 0,
      },
      toDict: {
        value: { uuid, course_uuid: uuid, expired_at: null, expiration_date: null },
        historyRowsAdded: 0,
      },
      ...expected,
    },
    ...overrides,
  };
}

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "parity-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, ["dist/test/parity/main.js", ...args], { encoding: "utf8" });

function replay(...vectors: unknown[]) {
  const file = join(folder, "policy.json");
  writeFileSync(
    file,
    `[\n${vectors.map((vector) => (typeof vector === "string" ? vector : JSON.stringify(vector))).join(",\n")}\n]\n`,
  );
  const { status, stdout, stderr } = run(file);
  return { status, stderr, lines: stdout.trimEnd().split("\n") };
}

test("answers that equal the original's pass", () => {
  const { status, lines } = replay(aVector(), aVector({ id: "policy-2" }));
  expect(lines[0]).toMatch(/^policy\.json: 2 passed, 0 failed, 0 differing by design; 32 of 32 answers/);
  expect(lines.at(-1)).toBe("2 passed, 0 failed");
  expect(status).toBe(0);
});

test("a different answer fails, and the report shows the expected one", () => {
  const wrong = aVector();
  wrong.expected.isRefundable = false;
  const { status, lines } = replay(aVector(), { ...wrong, id: "policy-2" });
  expect(lines.slice(1)).toEqual([
    "  policy-2  isRefundable",
    "    expected  false",
    "    got       true",
    "1 passed, 1 failed",
  ]);
  expect(status).toBe(1);
});

describe("where a named difference applies", () => {
  const empty = aVector();
  Object.assign(empty.entitlement, { orderNumber: "", orderNumberWrittenBy: "sql" });
  empty.expected.storedOrderNumber = "";

  test("the documented answer counts as neither passed nor failed, and the difference is explained", () => {
    const { status, lines } = replay(aVector(), empty);
    expect(lines[0]).toContain("1 passed, 0 failed, 1 differing by design (empty-order-number 1); 30 of 32");
    expect(lines[1]).toMatch(/^empty-order-number: /);
    expect(lines.at(-1)).toBe("1 passed, 0 failed");
    expect(status).toBe(0);
  });

  test("a recorded answer that the original would not give fails nevertheless", () => {
    const { status, lines } = replay({ ...empty, expected: { ...empty.expected, daysSinceCreated: 2 } });
    expect(lines[1]).toContain("the original as restated here: daysSinceCreated");
    expect(status).toBe(1);
  });
});

test.each([
  ["a folder that is not there", "nowhere", /nowhere: no such file or folder/],
  [
    "a folder without the files",
    "",
    /policy\.json: missing; the folder must hold policy\.json, queries\.json/,
  ],
])("%s is reported in one line", (_, name, message) => {
  const { status, stderr } = run(join(folder, name));
  expect(stderr).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(status).toBe(1);
});

test.each([
  ["no vector", "nonsense", /policy\.json, line 2: not a vector; the file must be a JSON array/],
  ["a vector of another kind", { id: "policy-1" }, /line 2: not a vector of the expected format: now: /],
])("a file with %s is refused, and the error names the line", (_, vector, message) => {
  const { status, stderr } = replay(vector);
  expect(stderr).toMatch(message);
  expect(status).toBe(1);
});

test("--help describes the use and what counts", () => {
  const { status, stdout } = run("--help");
  expect(stdout).toMatch(/^Usage: npm run parity -- <folder or file>/);
  expect(stdout).toContain("neither as passed nor as failed");
  expect(status).toBe(0);
});
