import { readFileSync, writeFileSync } from "node:fs";
import { PAGES, withTables } from "./docs-tables";

for (const page of PAGES) writeFileSync(page, withTables(readFileSync(page, "utf8")));
