// Lints schema.graphql only; TypeScript is oxlint's business.
import graphql from "@graphql-eslint/eslint-plugin";

export default [
  {
    files: ["schema.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: "schema.graphql" } },
    },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      ...graphql.configs["flat/schema-relay"].rules,
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }], // forward paging only
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }], // userErrors is a plain list
      "@graphql-eslint/strict-id-in-types": [
        "error",
        {
          exceptions: {
            types: ["PageInfo", "UserError", "HistoryLog", "Checkpoint", "HistoryProof", "Opening"],
            suffixes: ["Connection", "Edge", "Payload"],
          },
        },
      ],
      "@graphql-eslint/input-name": "error",
      "@graphql-eslint/no-scalar-result-type-on-mutation": "error",
      "@graphql-eslint/require-nullable-result-in-root": "error",
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          rootField: true,
          DirectiveDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          // TypeGraphQL gives the roots no description.
          ignoredSelectors: ["[type=ObjectTypeDefinition][name.value=/^(Query|Mutation)$/]"],
        },
      ],
      "@graphql-eslint/no-typename-prefix": "off", // `User.username` is Open edX's own word; a test checks the others
      "@graphql-eslint/alphabetize": "off", // the printer sorts
      "@graphql-eslint/require-field-of-type-query-in-mutation-result": "off", // no client of ours wants it
      "@graphql-eslint/require-deprecation-date": "off", // TypeGraphQL cannot print its argument; a test checks the reasons
    },
  },
];
