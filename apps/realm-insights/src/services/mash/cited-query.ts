/**
 * Rewrites a checked query so that each of its rows carries the numbers of the source rows that it was made from (why-provenance by rewriting: Glavic and Alonso, "Perm", ICDE 2009), and tells
 * which columns of the sources each of its columns was made from.
 *
 * Every SELECT gets one more column, the list of row numbers: the lists of what it joins put together, of a group or of equal rows those of all its members. What only decides whether a row
 * appears (a query in WHERE, the right side of a semi-join), and what a window looks at beside its row, is cited as a whole.
 */
import type { LineageKind } from '@symphainy/contracts';
import { columnsNamed, commonNames, foreignWord, hasAggregate, hasWindow, kindOf, madeBy, renamed, sideColumns, starColumns, unitedByName, type ColumnScope, type QueryColumn, type SourceColumn, type TableScope } from './column-scope.js';
import { OWN_PREFIX, refused } from './query-check.js';
import { childTree, childTrees, cloneTree, everyTree, isByAll, isSubquery, isTree, listOf, textOf, textsOf, withoutTables, type Tree } from './query-tree.js';
import { identifier } from './sql-text.js';
import { together, windowCitations, type WindowTemplates } from './window-citations.js';

/** The column with the source rows' numbers, in the result and everywhere inside. */
export const CITATIONS = `${OWN_PREFIX}_src`;
/** Of the engine's tables: the row's number, from 1. */
export const ROW_NUMBER = `${OWN_PREFIX}_row`;
/** A row's number with its table's: `table * TABLE_SPAN + row`. */
export const TABLE_SPAN = 2 ** 40;

export interface SourceTable {
  readonly name: string;
  /** Its own name in the engine. */
  readonly table: string;
  readonly columns: readonly string[];
}

/** Pieces of syntax that the rewriting needs, as the engine itself writes them. */
export interface TreeTemplates extends WindowTemplates {
  /** `SELECT * EXCLUDE (citations), flatten(list(citations)) AS citations FROM (…) GROUP BY ALL ORDER BY citations` */
  readonly grouping: Tree;
}

export interface CitedQuery {
  /** Its last column is `CITATIONS`. */
  readonly node: Tree;
  readonly columns: readonly QueryColumn[];
  /** Columns that all rows depend on. */
  readonly everyRow: readonly SourceColumn[];
  /** Sources that are cited as a whole. */
  readonly whole: readonly string[];
  /** Sources that the query reads. */
  readonly named: readonly string[];
  /** What stands in the text for what the tree cannot hold, to be put in after it was written out. */
  readonly slots: ReadonlyMap<string, string>;
}

interface Names {
  readonly withs: ReadonlyMap<string, Pick<Rewritten, 'columns' | 'gathers'>>;
  readonly outer: ColumnScope | undefined;
  /** Of queries in conditions: no citations are carried, their sources are cited as a whole. */
  readonly plain: boolean;
}

interface From {
  readonly tables: TableScope[];
  readonly merged: Set<string>;
  /** What each table adds to the citations, as SQL. */
  readonly citations: string[];
  /** Aliases of the tables that have a column of citations. */
  readonly citing: string[];
  /** A row of one of the tables may be made from many. */
  gathers: boolean;
}

interface Rewritten {
  readonly node: Tree;
  readonly columns: readonly QueryColumn[];
  /** Its rows are groups, or equal rows taken for one, or made from such. */
  readonly gathers: boolean;
}

class Citing {
  readonly slots = new Map<string, string>();
  readonly everyRow: SourceColumn[] = [];
  readonly whole = new Set<string>();
  readonly named = new Set<string>();

  constructor(
    private readonly sources: ReadonlyMap<string, SourceTable & { readonly index: number }>,
    private readonly aggregates: ReadonlySet<string>,
    private readonly templates: TreeTemplates,
  ) {}

  query(node: Tree, names: Names): Rewritten {
    const inside = this.withQueries(node, names);
    return textOf(node, 'type') === 'SET_OPERATION_NODE' ? this.union(node, inside) : this.select(node, inside);
  }

  /** A total order, so that the same sources give the same bytes: what the query leaves open is settled by the citations. */
  ordered({ node, ...made }: Rewritten): Rewritten {
    const modifiers = childTrees(node, 'modifiers');
    const order = modifiers.find((one) => one['type'] === 'ORDER_MODIFIER');
    const last = cloneTree(childTrees(childTrees(this.templates.grouping, 'modifiers')[0]!, 'orders')[0]!);
    if (order !== undefined) return { node: { ...node, modifiers: modifiers.map((one) => (one === order && !isByAll(order) ? { ...order, orders: [...listOf(order['orders']), last] } : one)) }, ...made };
    const limit = modifiers.findIndex((one) => textOf(one, 'type').startsWith('LIMIT'));
    const added: Tree = { type: 'ORDER_MODIFIER', orders: [last] };
    return { node: { ...node, modifiers: limit < 0 ? [...modifiers, added] : modifiers.toSpliced(limit, 0, added) }, ...made };
  }

  private withQueries(node: Tree, names: Names): Names {
    const withs = new Map(names.withs);
    const inside: Names = { ...names, withs };
    for (const { key, value } of childTrees(childTree(node, 'cte_map') ?? {}, 'map').map((entry) => ({ key: textOf(entry, 'key'), value: childTree(entry, 'value') }))) {
      const query = value === undefined ? undefined : childTree(value, 'query');
      const inner = query === undefined ? undefined : childTree(query, 'node');
      if (value === undefined || query === undefined || inner === undefined) continue;
      const made = this.query(inner, inside);
      query['node'] = made.node;
      withs.set(key.toLowerCase(), { columns: renamed(made.columns, textsOf(value, 'aliases')), gathers: made.gathers });
    }
    return inside;
  }

  private union(node: Tree, names: Names): Rewritten {
    const left = this.query(childTree(node, 'left')!, names);
    const right = this.query(childTree(node, 'right')!, names);
    const byName = textOf(node, 'setop_type') === 'UNION_BY_NAME';
    const columns = byName ? unitedByName(left.columns, right.columns) : left.columns.map(({ name, from }, at) => ({ name, from: madeBy('identity', [...from, ...(right.columns[at]?.from ?? [])]) }));
    const united = { ...node, left: left.node, right: right.node };
    if (names.plain || node['setop_all'] === true) return { node: united, columns, gathers: left.gathers || right.gathers };
    const [once, later] = [{ ...united, setop_all: true, modifiers: [] }, childTrees(node, 'modifiers')];
    return { node: this.grouped(once, later), columns, gathers: true };
  }

  /** Equal rows are one, and it cites the sources of all. */
  private grouped(inner: Tree, modifiers: readonly Tree[]): Tree {
    const outer = cloneTree(this.templates.grouping);
    const from = childTree(outer, 'from_table')!;
    from['subquery'] = { ...childTree(from, 'subquery'), node: inner };
    outer['modifiers'] = modifiers.map(withoutTables);
    return outer;
  }

  private select(node: Tree, names: Names): Rewritten {
    const from: From = { tables: [], merged: new Set(), citations: [], citing: [], gathers: false };
    const table = childTree(node, 'from_table');
    const fromTable = table === undefined ? table : this.table(table, from, names);
    const scope: ColumnScope = { tables: from.tables, merged: from.merged, made: [], outer: names.outer };
    const list = childTrees(node, 'select_list');
    for (const expression of list) scope.made.push(...this.columnsOf(expression, scope, names));
    this.conditions(node, scope, names);
    const selected: Tree = { ...node, ...(fromTable === undefined ? {} : { from_table: fromTable }) };
    if (names.plain) return { node: selected, columns: scope.made, gathers: false };
    const grouped = this.isGrouped(node, list);
    for (const star of list.filter((one) => one['class'] === 'STAR')) this.hideCitations(star, from);
    const cited = { ...selected, select_list: [...list, this.citation(from, [...list, childTree(node, 'qualify')], grouped)] };
    const distinct = childTrees(node, 'modifiers').find((one) => one['type'] === 'DISTINCT_MODIFIER' && childTrees(one, 'distinct_on_targets').length === 0);
    if (distinct === undefined) return { node: cited, columns: scope.made, gathers: grouped || from.gathers };
    return { node: this.grouped({ ...cited, modifiers: [] }, childTrees(node, 'modifiers').filter((one) => one !== distinct)), columns: scope.made, gathers: true };
  }

  private isGrouped(node: Tree, list: readonly Tree[]): boolean {
    const grouped = listOf(node['group_expressions']).length > 0 || listOf(node['group_sets']).length > 0 || node['aggregate_handling'] === 'FORCE_AGGREGATES' || isTree(node['having']);
    return grouped || list.some((expression) => hasAggregate(expression, this.aggregates));
  }

  private columnsOf(expression: Tree, scope: ColumnScope, names: Names): QueryColumn[] {
    if (expression['class'] === 'STAR') {
      if (isTree(expression['expr']) || expression['columns'] === true) throw refused('COLUMNS(…) is not run: a column must say where it comes from', 'name the columns');
      return starColumns(expression, scope);
    }
    const inner = this.expression(expression, scope, names);
    this.everyRow.push(...sideColumns(expression, scope));
    const from = madeBy(kindOf(expression, this.aggregates), [...columnsNamed(expression, scope), ...inner]);
    return [{ name: textOf(expression, 'alias') || textsOf(expression, 'column_names').at(-1) || '', from }];
  }

  /** Goes into the queries of an expression; what their columns are made from. */
  private expression(expression: Tree, scope: ColumnScope, names: Names): SourceColumn[] {
    const word = foreignWord(expression, scope);
    if (word !== undefined) throw refused(`${word} is not known to a mash: a result follows from its sources alone`, 'write the value itself, or take it from a source');
    const stray = [...everyTree(expression, isSubquery)].find((tree) => tree !== expression && tree['class'] === 'STAR');
    if (stray !== undefined) throw refused('* inside an expression is not run', 'name the columns');
    return [...everyTree(expression)].filter(isSubquery).flatMap((tree) => {
      const held = childTree(tree, 'subquery');
      const inner = held === undefined ? undefined : childTree(held, 'node');
      if (held === undefined || inner === undefined || inner[SEEN] === true) return [];
      const made = this.query(inner, { ...names, outer: scope, plain: true });
      held['node'] = { ...made.node, [SEEN]: true };
      return made.columns.flatMap(({ from }) => from);
    });
  }

  private conditions(node: Tree, scope: ColumnScope, names: Names): void {
    const told = (kind: LineageKind, trees: readonly (Tree | undefined)[]): void => {
      for (const tree of trees) {
        if (tree === undefined) continue;
        const inner = tree['class'] === 'STAR' ? [] : this.expression(tree, scope, names);
        this.everyRow.push(...[...columnsNamed(tree, scope), ...inner].map((column) => ({ ...column, kind })));
      }
    };
    told('filter', [childTree(node, 'where_clause'), childTree(node, 'having'), childTree(node, 'qualify')]);
    told('group_by', childTrees(node, 'group_expressions'));
    for (const modifier of childTrees(node, 'modifiers')) {
      told('sort', childTrees(modifier, 'orders').map((order) => childTree(order, 'expression')));
      told('filter', [childTree(modifier, 'limit'), childTree(modifier, 'offset'), ...childTrees(modifier, 'distinct_on_targets')]);
    }
  }

  private table(ref: Tree, from: From, names: Names): Tree {
    switch (textOf(ref, 'type')) {
      case 'BASE_TABLE':
        return this.tableNamed(ref, from, names);
      case 'SUBQUERY':
        return this.derived(ref, from, names);
      case 'JOIN':
        return this.join(ref, from, names);
      default:
        return this.values(ref, from, names);
    }
  }

  /** A source, or a query that WITH names. */
  private tableNamed(ref: Tree, from: From, names: Names): Tree {
    const name = textOf(ref, 'table_name');
    const alias = textOf(ref, 'alias') || name;
    const shared = names.withs.get(name.toLowerCase());
    const source = this.sources.get(name.toLowerCase());
    if (shared === undefined && source !== undefined) this.named.add(source.name);
    if (shared === undefined && source === undefined) throw refused(`there is no source ${JSON.stringify(name)}`);
    const columns = shared?.columns ?? source!.columns.map((column) => ({ name: column, from: [{ source: source!.name, column, kind: 'identity' as const }] }));
    from.tables.push({ alias, columns: renamed(columns, textsOf(ref, 'column_name_alias')) });
    if (shared !== undefined) {
      from.gathers ||= shared.gathers;
      if (!names.plain) this.cites(from, alias, `${identifier(alias)}.${identifier(CITATIONS)}`);
      return names.plain ? { ...ref, alias, table_name: this.slot(`(SELECT * EXCLUDE (${CITATIONS}) FROM ${identifier(name)})`) } : { ...ref, alias };
    }
    if (names.plain) this.whole.add(source!.name);
    else this.cites(from, alias, `[${source!.index * TABLE_SPAN} + ${identifier(alias)}.${identifier(CITATIONS)}]`);
    const number = names.plain ? '' : `, ${ROW_NUMBER} AS ${CITATIONS}`;
    return { ...ref, alias, table_name: this.slot(`(SELECT * EXCLUDE (${ROW_NUMBER})${number} FROM ${source!.table})`) };
  }

  private derived(ref: Tree, from: From, names: Names): Tree {
    const held = childTree(ref, 'subquery')!;
    const made = this.query(childTree(held, 'node')!, { ...names, outer: { tables: from.tables, merged: from.merged, made: [], outer: names.outer } });
    const alias = textOf(ref, 'alias') || `${OWN_PREFIX}_q${from.tables.length}`;
    from.gathers ||= made.gathers;
    from.tables.push({ alias, columns: renamed(made.columns, textsOf(ref, 'column_name_alias')) });
    if (!names.plain) this.cites(from, alias, `${identifier(alias)}.${identifier(CITATIONS)}`);
    return { ...ref, alias, subquery: { ...held, node: made.node } };
  }

  private join(ref: Tree, from: From, names: Names): Tree {
    const hidden = /SEMI|ANTI/.test(textOf(ref, 'join_type'));
    const left: From = { tables: [], merged: from.merged, citations: [], citing: [], gathers: from.gathers };
    const leftRef = this.table(childTree(ref, 'left')!, left, names);
    const right: From = { tables: [...left.tables], merged: from.merged, citations: [], citing: [], gathers: left.gathers };
    const rightRef = this.table(childTree(ref, 'right')!, right, hidden ? { ...names, plain: true } : names);
    from.gathers = right.gathers;
    const added = right.tables.slice(left.tables.length);
    const using = ref['ref_type'] === 'NATURAL' ? commonNames(left.tables, added) : textsOf(ref, 'using_columns');
    for (const name of using) from.merged.add(name.toLowerCase());
    const scope: ColumnScope = { tables: right.tables, merged: from.merged, made: [], outer: names.outer };
    const condition = childTree(ref, 'condition');
    const inner = condition === undefined ? [] : this.expression(condition, scope, names);
    const joined = [...columnsNamed(condition, scope), ...inner, ...right.tables.flatMap(({ columns }) => columns.filter(({ name }) => using.some((one) => one.toLowerCase() === name.toLowerCase())).flatMap((column) => column.from))];
    this.everyRow.push(...joined.map((column) => ({ ...column, kind: 'join' as const })));
    from.tables.push(...left.tables, ...(hidden ? [] : added));
    from.citations.push(...left.citations, ...right.citations);
    from.citing.push(...left.citing, ...right.citing);
    const natural: Tree = ref['ref_type'] === 'NATURAL' && !names.plain ? { ref_type: using.length === 0 ? 'CROSS' : 'REGULAR', using_columns: using } : {};
    return { ...ref, ...natural, left: leftRef, right: rightRef };
  }

  /** Rows that come from no source: VALUES, and lists made into rows. */
  private values(ref: Tree, from: From, names: Names): Tree {
    const scope: ColumnScope = { tables: from.tables, merged: from.merged, made: [], outer: names.outer };
    const call = childTree(ref, 'function');
    const made = call === undefined ? [] : madeBy('transformation', [...columnsNamed(call, scope), ...this.expression(call, scope, names)]);
    const given = textsOf(ref, 'column_name_alias');
    const first = Array.isArray(ref['values']) ? listOf(ref['values'][0]).length : 1;
    const columns = Array.from({ length: Math.max(first, given.length) }, (_, at) => ({ name: given[at] ?? (call === undefined ? `col${at}` : textOf(call, 'function_name')), from: made }));
    if (textOf(ref, 'type') !== 'EMPTY') from.tables.push({ alias: textOf(ref, 'alias') || (call === undefined ? '' : textOf(call, 'function_name')), columns });
    return ref;
  }

  private cites(from: From, alias: string, citation: string): void {
    from.citations.push(citation);
    from.citing.push(alias.toLowerCase());
  }

  private hideCitations(star: Tree, from: From): void {
    const relation = textOf(star, 'relation_name').toLowerCase();
    const shows = relation === '' ? from.citing.length > 0 : from.citing.includes(relation);
    if (shows) star['exclude_list'] = [...listOf(star['exclude_list']), CITATIONS];
  }

  /** The column of citations: those of the rows, and of those that the windows of a SELECT without groups look at. */
  private citation({ citations, tables, gathers }: From, expressions: readonly (Tree | undefined)[], grouped: boolean): Tree {
    const all = citations.reduce<string | undefined>((before, one) => (before === undefined ? one : `list_concat(${before}, ${one})`), undefined) ?? 'CAST([] AS BIGINT[])';
    const own = (): Tree => this.written(grouped ? `flatten(list(${all}))` : all);
    if (!hasWindow(expressions)) return { ...own(), alias: CITATIONS };
    const windows = grouped ? undefined : windowCitations(expressions, { own, gathered: gathers }, this.templates);
    if (windows === undefined) for (const { source } of tables.flatMap(({ columns }) => columns).flatMap(({ from }) => from)) this.whole.add(source);
    return { ...together([own(), ...(windows ?? [])], this.templates), alias: CITATIONS };
  }

  /** SQL as an expression: a name that it takes the place of. */
  private written(sql: string): Tree {
    const column = cloneTree(childTrees(childTrees(this.templates.grouping, 'modifiers')[0]!, 'orders')[0]!)['expression'] as Tree;
    return { ...column, column_names: [this.slot(sql)] };
  }

  private slot(sql: string): string {
    const name = `${OWN_PREFIX}_slot${this.slots.size}_`;
    this.slots.set(name, sql);
    return name;
  }
}

/** Marks a query that was rewritten, where it stands inside another expression that is walked too. */
const SEEN = `${OWN_PREFIX}_seen`;

/** Throws `mash.sql_refused` for what cannot cite its sources. `node` is changed. */
export function citeQuery(node: Tree, sources: readonly SourceTable[], aggregates: ReadonlySet<string>, templates: TreeTemplates): CitedQuery {
  const citing = new Citing(new Map(sources.map((source, index) => [source.name.toLowerCase(), { ...source, index }])), aggregates, templates);
  const made = citing.ordered(citing.query(node, { withs: new Map(), outer: undefined, plain: false }));
  for (const tree of everyTree(made.node)) delete tree[SEEN];
  return { node: made.node, columns: made.columns, everyRow: citing.everyRow, whole: [...citing.whole].sort(), named: [...citing.named].sort(), slots: citing.slots };
}

/** Puts what the tree could not hold into the text that the engine made of it. */
export const fillSlots = (sql: string, slots: ReadonlyMap<string, string>): string => sql.replace(new RegExp(`"?${OWN_PREFIX}_slot\\d+_"?`, 'g'), (name) => slots.get(name.replaceAll('"', '')) ?? name);
