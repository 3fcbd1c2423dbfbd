import { readFileSync, writeFileSync } from "node:fs";
import { buildGraphQLSchema } from "../graphql/schema";
import { PAGES, withTables } from "./docs-tables";

const schema = buildGraphQLSchema();
for (const page of PAGES) writeFileSync(page, withTables(readFileSync(page, "utf8"), schema));
