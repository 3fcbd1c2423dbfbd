import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { fragmentsOf } from "./documents";
import { limitExceeded, LIMITS, tooManySelections } from "./limits";

/**
 * The first limit of size that a document exceeds, or null. It takes time in proportion to the document, whatever is in
 * it, and at most to LIMITS.selections: the rules of GraphQL compare fields of one name pair by pair, so that they must
 * not see a document before its size is known. Fragments that no operation spreads are measured too, as those rules
 * compare their fields before another one refuses them.
 */
export function sizeFault(document: DocumentNode): GraphQLError | null {
  const walk = new Walk(fragmentsOf(document));
  const { definitions } = document;
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  for (const definition of [...operations, ...fragments]) {
    if (walk.walked.has(definition)) continue;
    walk.measure(definition);
    const fault =
      (walk.selections > LIMITS.selections ? tooManySelections() : null) ??
      over("levels of fields", walk.depth, LIMITS.depth) ??
      over("aliases", walk.aliases, LIMITS.aliases) ??
      over("directives", walk.directives, LIMITS.directives) ??
      over("root fields", walk.rootFields, LIMITS.rootFields) ??
      over("fields that are already asked for at the same place", walk.repeats, LIMITS.repeats);
    if (fault) return fault;
  }
  return over("fields", fieldsOf(document), LIMITS.fields);
}

function over(what: string, asked: number, most: number): GraphQLError | null {
  return asked > most ? limitExceeded(what, asked, most) : null;
}

/** How many fields are written in a document; fragments count once, where they are defined. */
export function fieldsOf(document: DocumentNode): number {
  const inSet = (set: SelectionSetNode | undefined): number => {
    let fields = 0;
    for (const selection of set?.selections ?? [])
      if (selection.kind !== Kind.FRAGMENT_SPREAD)
        fields += (selection.kind === Kind.FIELD ? 1 : 0) + inSet(selection.selectionSet);
    return fields;
  };
  let fields = 0;
  for (const definition of document.definitions)
    if ("selectionSet" in definition) fields += inSet(definition.selectionSet);
  return fields;
}

/** A place of an answer, with the places inside of it by the name that they have there. */
type Place = Map<string, Place>;

/** Walks definitions with their fragments written out wherever they are spread, until that is too much. */
class Walk {
  /** Of all definitions, so that many of them cost no more than one. */
  selections = 0;
  depth = 0;
  aliases = 0;
  directives = 0;
  rootFields = 0;
  repeats = 0;
  /** The definitions that have been walked, where they are written or where they are spread. */
  readonly walked = new Set<OperationDefinitionNode | FragmentDefinitionNode>();
  private readonly open = new Set<string>();

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  measure(definition: OperationDefinitionNode | FragmentDefinitionNode): void {
    this.depth = this.aliases = this.directives = this.rootFields = this.repeats = 0;
    for (const node of [definition, ...(definition.variableDefinitions ?? [])])
      this.directives += node.directives?.length ?? 0;
    this.walked.add(definition);
    const root: Place = new Map();
    this.enter(definition.selectionSet, root, 0);
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      // these count where it is spread
      this.depth = this.aliases = this.directives = this.rootFields = 0;
  }

  /** `level` is how many fields the selection is inside of; below introspection, whose depth graphql-js bounds, none. */
  private enter({ selections }: SelectionSetNode, place: Place, level: number): void {
    for (const selection of selections) {
      if (++this.selections > LIMITS.selections) return;
      this.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) this.enterField(selection, place, level);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.enter(selection.selectionSet, place, level);
      else this.enterFragment(selection.name.value, place, level);
    }
  }

  private enterField(field: FieldNode, place: Place, level: number): void {
    const { alias, name, selectionSet } = field;
    if (level === 0) this.rootFields++;
    if (alias) this.aliases++;
    this.depth = Math.max(this.depth, level + 1);
    const known = place.get((alias ?? name).value);
    if (known) this.repeats++;
    const inner: Place = known ?? new Map<string, Place>();
    if (!known) place.set((alias ?? name).value, inner);
    if (selectionSet) this.enter(selectionSet, inner, name.value.startsWith("__") ? -Infinity : level + 1);
  }

  private enterFragment(name: string, place: Place, level: number): void {
    const fragment = this.fragments.get(name);
    if (!fragment || this.open.has(name)) return; // which a rule of GraphQL refuses
    this.walked.add(fragment);
    this.open.add(name);
    this.enter(fragment.selectionSet, place, level);
    this.open.delete(name);
  }
}
