import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";

/** Makes the types and ids of the documents in `src/`, from the schema of the server. `npm run gql` runs it. */
export default {
  schema: "../schema.graphql",
  documents: ["src/**/*.{ts,tsx}", "!src/gql/**"],
  generates: {
    "src/gql/": {
      preset: "client",
      // The client adds these names to what it asks; a document that is known by its id has to have them already.
      documentTransforms: [addTypenameSelectionDocumentTransform],
      presetConfig: { fragmentMasking: false, persistedDocuments: true },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: {
          DateTime: "string",
          Date: "string",
          Duration: "string",
          HistoryValue: "unknown",
          DataExport: "unknown",
        },
      },
    },
  },
};
