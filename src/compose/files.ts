import type { GraphQLSchema } from "graphql";
import { ConfigError, type Config } from "../config";
import { trustedDocuments } from "../engine/trusted-documents";
import { brandFile } from "../http/pages/console-files";
import { historySigner } from "./sealer";

/**
 * Reads what the files of the settings hold. Throws ConfigError with the faults of all of them at once: it is asked before
 * anything is done with the database, while those who use the files would only find the first fault, and after that.
 */
export function checkFiles(
  { history, consoleBrandCss, trustedDocuments: documents, ...config }: Config,
  schema: GraphQLSchema,
): void {
  const checks = [
    () => documents !== undefined && trustedDocuments(documents, schema, config.console),
    () => config.console && consoleBrandCss !== undefined && brandFile(consoleBrandCss),
    () => history.keyFile !== undefined && historySigner({ history, dataDir: config.dataDir }),
  ];
  const faults = checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return [error.message];
      throw error;
    }
  });
  if (faults.length > 0) throw new ConfigError(faults.join("\n"));
}
