import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { ReactNode } from "react";
import type { Client } from "urql";
import type { EntryFragment, ReachFragment, RefusedFragment } from "../gql/graphql";
import type { IconName } from "../ui/icon";

/** What a command answers: what it has done, or would do in a dry run, or why it refuses. */
export interface Outcome {
  preview?: EntryFragment[] | null;
  userErrors: RefusedFragment[];
  /** The entitlement after the command. */
  entitlement?: { id: string } | null;
  /** What the reader should know although the command is not refused, as codes. */
  warnings?: readonly string[] | null;
  /** What a change of a policy would do. */
  effect?: { before: ReachFragment; after: ReachFragment } | null;
}

/** A mutation whose answer has the name `done`. */
// Each mutation has an input of its own; the dialog that makes the input is checked where it is written.
// oxlint-disable-next-line typescript/no-explicit-any
export type Mutation = TypedDocumentNode<{ done: Outcome | null }, any>;

/** A further question of a dialog, whose answer goes into the input. */
export type Question = { field: string; label: string; hint?: string } & (
  | {
      kind: "check";
      /** What a tick sends; else true. */ on?: unknown;
    }
  | { kind: "text"; isOptional?: boolean }
  | { kind: "days" }
  | { kind: "choice"; options: Options }
  | {
      kind: "search";
      /** The answers that begin with what is typed. */
      find: (client: Client, text: string) => Promise<Option[]>;
    }
);

/** The answers to choose from, or how to ask the server for them. */
export type Options = Option[] | ((client: Client) => Promise<Option[]>);

/** One of the answers to choose from. */
export interface Option {
  value: string;
  label: string;
  hint?: string;
  /** Why it cannot be chosen. */
  why?: string | null;
  /** What is sent for it; else the value. */
  sends?: unknown;
}

/** A command that an agent can give about what the page shows. */
export interface Command {
  /** The name of the mutation, which is also the permission that it needs. */
  name: string;
  icon: IconName;
  label: string;
  title: string;
  lead: string;
  isDangerous?: boolean;
  document: Mutation;
  /** The input without comments: what the command is about. */
  input: Record<string, unknown>;
  questions?: Question[];
  /** The answers that the dialog begins with, by their fields. */
  initial?: Record<string, unknown>;
  /** The field of the input that takes the comments; null for commands that take none, such as the learner's own. */
  comments: "comments" | "reason" | null;
  /** Whether the mutation can be told what has been seen, so that it refuses when something newer has happened. */
  isGuarded: boolean;
  /** What is told once it is done; its title without it. */
  saved?: string;
  /** Shows what a dry run tells besides the changes. */
  explain?: (outcome: Outcome) => ReactNode;
  /** Asks the server what else the reader should know before the command is confirmed, in words. */
  advise?: (client: Client, input: Record<string, unknown>) => Promise<string[]>;
}
