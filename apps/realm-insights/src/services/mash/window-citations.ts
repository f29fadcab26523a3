/** Which rows a window looks at beside its own, where that can be told row by row: the same window over the rows' citations instead of their values. */
import { childTree, childTrees, cloneTree, everyTree, isSubquery, isTree, textOf, textsOf, type Tree, type TreeValue } from './query-tree.js';

/** Expressions over the columns `a` and `b`, as the engine itself writes them. */
export interface WindowTemplates {
  /** `list_concat(a, b)` */
  readonly together: Tree;
  /** `list_sort(list_distinct(flatten(a)))` */
  readonly flat: Tree;
  /** `CASE WHEN a IS NULL THEN NULL ELSE b END` */
  readonly present: Tree;
}

/** Their value is that of one row. */
const OF_ONE_ROW = new Set(['WINDOW_LAG', 'WINDOW_LEAD', 'WINDOW_FIRST_VALUE', 'WINDOW_LAST_VALUE', 'WINDOW_NTH_VALUE']);
/** Rows of all windows of a SELECT together. Beyond, they are cited as a whole: the citations of all rows would be as many times what was read. */
const MAX_ROWS = 100;
/** The same where a row may have been made from a million others. */
const MAX_GATHERED_ROWS = 4;

/**
 * The windows of expressions as windows that gather citations, one list of numbers each; undefined where the rows of one cannot be told: ranks, frames without an end or by values, long ones.
 * `own`: a fresh expression for the list of the row itself; `gathered`: it may be long, as of a group.
 */
export function windowCitations(expressions: readonly (Tree | undefined)[], { own, gathered: many }: { readonly own: () => Tree; readonly gathered: boolean }, templates: WindowTemplates): Tree[] | undefined {
  const gathered: Tree[] = [];
  let rows = 0;
  for (const expression of expressions) {
    for (const tree of everyTree(expression, isSubquery)) {
      if (tree['class'] !== 'WINDOW') continue;
      const single = OF_ONE_ROW.has(textOf(tree, 'type'));
      const length = single ? 1 : frameRows(tree);
      if (length === undefined || (rows += Math.max(0, length)) > (many ? MAX_GATHERED_ROWS : MAX_ROWS)) return undefined;
      gathered.push(single ? ofOneRow(tree, own(), templates) : ofFrame(tree, own(), templates));
    }
  }
  return gathered;
}

/** Lists of numbers put together, as one expression. */
export const together = (lists: readonly [Tree, ...Tree[]], templates: WindowTemplates): Tree => lists.reduce((before, one) => filled(templates.together, { a: before, b: one }));

/** The row that the value is taken from, in the same order of the same rows; with IGNORE NULLS one that has a value. */
function ofOneRow(window: Tree, own: Tree, templates: WindowTemplates): Tree {
  const [value, ...more] = childTrees(window, 'children');
  const row = window['ignore_nulls'] === true && value !== undefined ? filled(templates.present, { a: value, b: own }) : own;
  return { ...cloneTree(window), alias: '', children: [row, ...more.map(cloneTree)], default_expr: null };
}

/** The rows of the frame that meet the FILTER, each once: frames of frames have the same rows many times. */
function ofFrame(window: Tree, own: Tree, templates: WindowTemplates): Tree {
  return filled(templates.flat, { a: { ...cloneTree(window), alias: '', function_name: 'list', schema: '', catalog: '', children: [own], distinct: false, ignore_nulls: false, arg_orders: [] } });
}

/** Of an aggregate's frame in rows with both ends; undefined: of another. */
function frameRows(window: Tree): number | undefined {
  if (textOf(window, 'type') !== 'WINDOW_AGGREGATE') return undefined;
  const [start, end] = [position(window, 'start'), position(window, 'end')];
  return start === undefined || end === undefined ? undefined : end - start + 1;
}

/** Rows from the current one to an end of the frame. */
function position(window: Tree, end: 'start' | 'end'): number | undefined {
  const kind = textOf(window, end);
  if (kind === 'CURRENT_ROW_ROWS') return 0;
  const rows = childTree(childTree(window, `${end}_expr`) ?? {}, 'value')?.['value'];
  if (typeof rows !== 'number' || !Number.isSafeInteger(rows)) return undefined;
  return kind === 'EXPR_PRECEDING_ROWS' ? -rows : kind === 'EXPR_FOLLOWING_ROWS' ? rows : undefined;
}

/** A template with other expressions in the place of its columns. */
function filled(template: Tree, parts: Readonly<Record<string, Tree>>): Tree {
  const put = (value: TreeValue): TreeValue => {
    if (Array.isArray(value)) return value.map(put);
    if (!isTree(value)) return value;
    const part = value['class'] === 'COLUMN_REF' ? parts[textsOf(value, 'column_names')[0] ?? ''] : undefined;
    return part === undefined ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, put(member)])) : cloneTree(part);
  };
  return put(template) as Tree;
}
