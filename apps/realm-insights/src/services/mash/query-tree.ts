/** The engine's own syntax tree of a query, as JSON: what `json_serialize_sql` writes and `json_deserialize_sql` reads. */

export type TreeValue = string | number | boolean | null | TreeValue[] | Tree;
export interface Tree {
  [key: string]: TreeValue;
}

/** Numbers that JavaScript does not hold exactly pass through as they were written. */
export function parseTree(text: string): Tree {
  return (JSON.parse as ExactParse)(text, (_, value, context) => (typeof value === 'number' && context.source !== undefined && String(value) !== context.source ? (JSON as unknown as RawJson).rawJSON(context.source) : value)) as Tree;
}

/** ECMAScript's JSON.parse with source text access, which the language's own types do not know yet. */
type ExactParse = (text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown) => unknown;
interface RawJson {
  rawJSON(source: string): unknown;
}

export const isTree = (value: TreeValue | undefined): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

export const childTree = (of: Tree, key: string): Tree | undefined => {
  const value = of[key];
  return isTree(value) ? value : undefined;
};

/** The trees of a list; absent: none. */
export const childTrees = (of: Tree, key: string): Tree[] => {
  const value = of[key];
  return Array.isArray(value) ? value.filter(isTree) : [];
};

export const textOf = (of: Tree, key: string): string => {
  const value = of[key];
  return typeof value === 'string' ? value : '';
};

export const textsOf = (of: Tree, key: string): string[] => {
  const value = of[key];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
};

/** Every tree in a value, itself included, parents first; those for which `skip` says so are left out with all below them. */
export function* everyTree(value: TreeValue | undefined, skip: (tree: Tree) => boolean = () => false): Generator<Tree> {
  if (Array.isArray(value)) for (const entry of value) yield* everyTree(entry, skip);
  else if (isTree(value)) {
    if (skip(value)) return;
    yield value;
    for (const member of Object.values(value)) yield* everyTree(member, skip);
  }
}

/** A query inside an expression; its names are its own. */
export const isSubquery = (tree: Tree): boolean => tree['class'] === 'SUBQUERY';

export const listOf = (value: TreeValue | undefined): TreeValue[] => (Array.isArray(value) ? value : []);

/** A copy of its own; numbers that were kept as written stay so. */
export function cloneTree(tree: Tree): Tree {
  return cloned(tree) as Tree;
}

function cloned(value: TreeValue): TreeValue {
  if (Array.isArray(value)) return value.map(cloned);
  if (!isTree(value) || Object.isFrozen(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cloned(member)]));
}

/** ORDER BY ALL. */
export const isByAll = (order: Tree): boolean => childTrees(order, 'orders').some((one) => childTree(one, 'expression')?.['class'] === 'STAR');

/** Names of tables mean nothing outside the query that they stood in. */
export const withoutTables = (modifier: Tree): Tree => {
  const copy = cloneTree(modifier);
  for (const tree of everyTree(copy)) if (tree['class'] === 'COLUMN_REF') tree['column_names'] = textsOf(tree, 'column_names').slice(-1);
  return copy;
};
