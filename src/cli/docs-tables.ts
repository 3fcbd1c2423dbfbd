import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { getMetadataStorage } from "class-validator";
import { LIMITS as STATEMENT_LIMITS } from "../../ormconfig";
import { whoMayAsk } from "../auth/permissions";
import { LIFETIME_AT_MOST_S, LENGTH_AT_MOST } from "../auth/verify-token";
import { FREE_BYTES, FREE_WORK, LARGE_COST } from "../engine/cost-budget";
import { REFUSALS_KEPT } from "../engine/documents/kept-documents";
import { LIMITS } from "../engine/documents/limits";
import { ERROR_MEANINGS } from "../engine/error-meanings";
import { ANSWER_BYTES_AT_MOST } from "../gateways/http-client";
import { OPEN_EDX_ANSWER_BYTES_AT_MOST } from "../gateways/open-edx/http/system";
import { permissionsOf } from "../graphql/permissions";
import { AHEAD_AT_MOST_MS, WAITS_AT_MOST_MS } from "../history/committer";
import { SETTLED_AT_ONCE } from "../history/settle";
import { BODY_AT_MOST, PIECES_AT_MOST } from "../http/body";
import { COMPRESSIONS_AT_ONCE } from "../http/compression/compress";
import { STREAMS_AT_MOST } from "../http/events/streams";
import { EXPORTS_AT_ONCE } from "../http/export/export-route";
import { READINESS } from "../http/health";
import { IN_FLIGHT, OF_ONE_ACTOR } from "../http/in-flight";
import { HEADER_AT_MOST } from "../http/requests/header-lengths";
import { REST_BODY_AT_MOST } from "../http/rest/rest-body";
import { LOOKED_AT } from "../reads/feed/log";
import { REFUSAL_CODES } from "../refusal";
import { settings } from "../settings";

/** The pages that hold tables which follow from the code. */
export const PAGES = ["docs/operating.md", "docs/commands.md", "docs/errors.md"];

const TABLES: Record<string, (schema: GraphQLSchema) => string> = {
  settings: settingsTable,
  limits: limitsTable,
  arguments: argumentsTable,
  mutations: mutationsTable,
  "error codes": () =>
    table(
      ["code", "HTTP status", "meaning"],
      Object.entries(ERROR_MEANINGS).map(([code, { status, meaning }]) => [`\`${code}\``, status, meaning]),
    ),
  "refusal codes": () =>
    table(
      ["code", "meaning"],
      Object.entries(REFUSAL_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]),
    ),
};

/** A page with its marked tables replaced by the current ones. Throws when a mark names no table. */
export function withTables(page: string, schema: GraphQLSchema): string {
  return page.replaceAll(/(<!-- table: (.+) -->\n)[^]*?(<!-- end of table -->)/g, (_, start, name, end) => {
    const write = TABLES[String(name)];
    if (!write) throw new Error(`There is no table "${name}".`);
    const [off, on] = ["<!-- prettier-ignore-start -->", "<!-- prettier-ignore-end -->"];
    return `${start}${off}\n\n${write(schema)}\n\n${on}\n${end}`;
  });
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function amount(number: number): string {
  return number.toLocaleString("en-US");
}

/** What a setting's schema tells of itself. */
interface Described {
  meta(): { description?: string; allowed?: string } | undefined;
  def: { innerType?: Described; defaultValue?: string | number | boolean | string[]; in?: Described };
}

function settingsTable(): string {
  const [development, production] = [settings(false), settings(true)].map(
    (all) => all as unknown as Record<string, Described>,
  ) as [Record<string, Described>, Record<string, Described>];
  const rows = Object.entries(development).map(([name, setting]) => {
    const [usual, inProduction] = [defaultOf(setting), defaultOf(production[name]!)];
    const fallback = usual === inProduction ? usual : `${usual}, in production ${inProduction}`;
    return [`\`${name}\``, fallback, allowedBy(setting), setting.meta()?.description ?? ""];
  });
  return table(["setting", "default", "allowed", "meaning"], rows);
}

function allowedBy(setting: Described): string {
  const inner = setting.def.innerType;
  return setting.meta()?.allowed ?? (inner ? allowedBy(inner) : "");
}

function defaultOf({ def: { defaultValue } }: Described): string {
  if (typeof defaultValue === "boolean") return defaultValue ? "`on`" : "`off`";
  const text = String(defaultValue ?? ""); // which separates a list by commas
  return text ? `\`${text}\`` : "not set";
}

function limitsTable(): string {
  const rows: [what: string, most: number | string][] = [
    ["tokens of a document", LIMITS.tokens],
    ["fields that are written in a document", LIMITS.fields],
    ["the same in a request without a token", LIMITS.anonymousFields],
    ["fields that an operation repeats at one place", LIMITS.repeats],
    ["documents whose refusal is remembered", REFUSALS_KEPT],
    ["selections of a document, with fragments counted wherever they are spread", LIMITS.selections],
    ["levels of fields", LIMITS.depth],
    ["aliases of an operation", LIMITS.aliases],
    ["directives of an operation", LIMITS.directives],
    ["root fields of an operation", LIMITS.rootFields],
    ["objects that an operation's pages can hold together", LIMITS.nodes],
    ["items for which a list without pages counts", LIMITS.listItems],
    [
      "objects that an operation's pages and lists can hold together, with those shown at another time",
      LIMITS.objects,
    ],
    ["values of all these objects, each a field without a selection", LIMITS.values],
    [
      "cost of an operation that is not charged to `COST_PER_MINUTE` before it runs: an object is 1, an object at another time or a proof 4, a `totalCount` 200",
      LARGE_COST,
    ],
    ["bytes of the answer to such an operation that is not charged afterwards either", FREE_BYTES],
    ["the same cost of its objects at other times, proofs and `totalCount`s", FREE_WORK],
    ["levels of lists and objects in a variable", LIMITS.variableLevels],
    ["bytes of an answer, also of the API of Open edX", LIMITS.answerBytes],
    ["bytes of a request's body", BODY_AT_MOST],
    ["the same for the API of Open edX", REST_BODY_AT_MOST],
    ["pieces, as chunks and packets, in which a body comes", PIECES_AT_MOST],
    [
      "characters of each of the headers `Accept`, `Accept-Encoding`, `Accept-Language`, `Content-Type`, `Host`, `If-None-Match`, `Last-Event-ID` and `X-Forwarded-Proto`",
      HEADER_AT_MOST,
    ],
    ["exports that a process makes at once", EXPORTS_AT_ONCE],
    ["streams of events that a process keeps open", STREAMS_AT_MOST.inAll],
    ["the same for one actor", STREAMS_AT_MOST.perActor],
    ["positions that a page of `historyLog` with a filter looks at", LOOKED_AT],
    ["milliseconds that an answer waits until its instant is settled", WAITS_AT_MOST_MS],
    ["the same for an instant that lies ahead", AHEAD_AT_MOST_MS],
    ["entries of history that are settled in one transaction, unless one alone has more", SETTLED_AT_ONCE],
    ["answers that a process compresses at once", COMPRESSIONS_AT_ONCE],
    ["characters of a token", LENGTH_AT_MOST],
    ["hours between a token's issue and its expiration", LIFETIME_AT_MOST_S / 3600],
    ["bytes of another system's answer", ANSWER_BYTES_AT_MOST],
    ["the same of the LMS and of course-discovery", OPEN_EDX_ANSWER_BYTES_AT_MOST],
    ["requests that a process works on at once", IN_FLIGHT.atOnce],
    ["further requests that wait for their turn", IN_FLIGHT.waiting],
    ["milliseconds that a request waits for its turn", IN_FLIGHT.waitMs],
    ["milliseconds for which `/readyz` tells again what it has found", READINESS.keptMs],
    ["requests of one actor that a process works on at once", OF_ONE_ACTOR.atOnce],
    ["further requests of that actor that wait for these", OF_ONE_ACTOR.waiting],
    ["milliseconds that a request waits for others of its actor", OF_ONE_ACTOR.waitMs],
    ...Object.entries(STATEMENT_LIMITS).map(([name, most]): [string, string] => [`\`${name}\``, most]),
  ];
  return table(
    ["what", "at most"],
    rows.map(([what, most]) => [what, typeof most === "number" ? amount(most) : most]),
  );
}

/** How class-validator's rules bound an argument, in words. */
const BOUNDS: Record<string, (most: number) => string> = {
  maxLength: (most) => `${amount(most)} characters`,
  arrayMaxSize: (most) => `${amount(most)} items`,
  max: amount,
};

/** The most that arguments and input fields may hold, by their names. */
function argumentsTable(): string {
  const bounds = new Map<string, Set<string>>();
  for (const rules of getMetadataStorage()["validationMetadatas"].values())
    for (const { propertyName, name, constraints } of rules) {
      const bound = BOUNDS[name ?? ""]?.(Number(constraints[0]));
      if (bound) bounds.set(propertyName, (bounds.get(propertyName) ?? new Set()).add(bound));
    }
  const rows = [...bounds].map(([name, all]) => [`\`${name}\``, [...all].toSorted().join(", or ")]);
  return table(
    ["argument or field", "at most"],
    rows.toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
  );
}

function mutationsTable(schema: GraphQLSchema): string {
  const permissions = permissionsOf(schema);
  const rows = Object.values(schema.getMutationType()!.getFields()).map(({ name, description }) => {
    const { requires } = whoMayAsk(permissions, "Mutation", name);
    return [`\`${name}\``, requires, description ?? ""];
  });
  return table(["mutation", "requires", "what it does"], rows);
}
