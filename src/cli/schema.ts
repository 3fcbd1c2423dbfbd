import { writeFileSync } from "node:fs";
import { schemaText } from "../graphql/schema";

writeFileSync("schema.graphql", schemaText());
