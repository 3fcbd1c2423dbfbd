import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema } from "graphql";

test("the types of the console's documents are those of the schema; `npm run gql` writes them", () => {
  const program = `
    import { generate } from "@graphql-codegen/cli";
    import config from "./codegen.mjs";
    process.stdout.write(JSON.stringify(await generate({ ...config, silent: true }, false)));`;
  const files = JSON.parse(
    execFileSync("node", ["--input-type=module", "-e", program], { cwd: "console", encoding: "utf8" }),
  ) as { filename: string; content: string }[];
  expect(files.length).toBeGreaterThan(3);
  for (const { filename, content } of files)
    expect([filename, readFileSync(join("console", filename), "utf8")]).toEqual([filename, content]);
});

/** The mutations for which the console has no dialog, and why. */
const WITHOUT_DIALOG: Record<string, string> = {
  enrollIfEntitled: "the enroll button of the LMS, which does not know of an entitlement",
  fulfillOrder: "the shop; an agent grants an order by hand",
  fulfillOrders: "the shop",
  recordUnenrollment: "the LMS",
  replaceUsernames: "the LMS",
  retireUser: "the LMS",
  createWebhook: "another system, and a secret that is shown once",
  updateWebhook: "the same",
  deleteWebhook: "the same",
  replayWebhook: "the same",
  testWebhook: "the same",
  grantSupport: "an operator",
  withdrawSupport: "an operator",
};

test("the console has a dialog for every mutation that people give", () => {
  const documents = readdirSync("console/src", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("documents.ts"))
    .map((file) => readFileSync(join("console/src", file), "utf8"))
    .join("");
  const schema = buildSchema(readFileSync("schema.graphql", "utf8"));
  const without = Object.keys(schema.getMutationType()!.getFields()).filter(
    (mutation) => !new RegExp(`done: ${mutation}\\(input: \\$input\\)`).test(documents),
  );
  expect(without.toSorted()).toEqual(Object.keys(WITHOUT_DIALOG).toSorted());
});
