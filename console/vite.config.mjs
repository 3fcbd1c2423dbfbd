import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import locales from "@react-aria/optimize-locales-plugin";
import { parse } from "graphql";
import { defineConfig } from "vite";

/**
 * Puts each document where it is asked for, as the generator has made it. Else all documents would be part of the first
 * page, because the function `graphql` finds them by their texts.
 */
const documents = {
  name: "documents",
  enforce: "pre",
  transform(code, id) {
    if (!/\/src\/(?!gql\/).*\.tsx?$/.test(id) || !code.includes("graphql(`")) return undefined;
    const made = Object.entries(
      JSON.parse(readFileSync(`${import.meta.dirname}/src/gql/persisted-documents.json`)),
    );
    return code.replace(/\bgraphql\(`([^`]*)`\)/g, (_, text) => {
      const [, name] = /^\s*(?:query|mutation) (\w+)/.exec(text) ?? [];
      if (!name) return "undefined"; // a fragment is part of the documents that use it
      const [hash, whole] = made.find(([, each]) => new RegExp(`\\b(query|mutation) ${name}\\b`).test(each));
      return JSON.stringify({ __meta__: { hash }, ...parse(whole, { noLocation: true }) });
    });
  },
};

/** Nothing is written into the page itself, so that its policy can forbid whatever stands there. */
export default defineConfig({
  base: "/console/",
  plugins: [documents, react(), { ...locales.vite({ locales: ["en-US", "de-DE"] }), enforce: "pre" }],
  build: { modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ["/graphql", "/events", "/export"].map((path) => [path, "http://localhost:4000"]),
    ),
  },
});
