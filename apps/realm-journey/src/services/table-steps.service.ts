/**
 * Procedures written as tables: a column that counts the steps, or is called Step, and one that says what is done; perhaps columns for
 * who does it and under which condition. Rows whose number has a dot go under the row it names.
 */
import type { ContentCell } from '@symphainy/contracts';
import { actionWeight } from '../language/action-form.js';
import type { Block, ProceduralDocument, Source, Table } from '../model/document.schema.js';
import type { Citation } from '../model/sop.schema.js';
import type { StepDraft } from '../model/step-draft.js';

export interface TableProcedure {
  readonly table: Table;
  readonly heading: string;
  readonly drafts: StepDraft[];
  readonly score: number;
}

interface Roles {
  readonly number: number | undefined;
  readonly action: number;
  readonly actor: number | undefined;
  readonly condition: number | undefined;
  readonly notes: number | undefined;
}

const MIN_SCORE = 0.5;

const counts = /^(?:(?:steps?|tasks?|activity|action)\s*)?(?:no\.?|nr\.?|num(?:ber)?|#|seq(?:uence)?|s\/n|sl\.?\s*no\.?|id|order)$|^steps?$|^#$|^phase$/i;
const acts = /action|task|activit|instruction|what to do|procedure|description|operation|how|^steps?$|process/i;
const who = /responsib|^role|owner|^who|actor|performed by|^by$|department|position|personnel|assigned|person/i;
const whenever = /^(?:condition|if|when|trigger|applies (?:if|when))/i;
/** Data in a cell (a log of requests, say) is nothing that anybody does. */
const structured = /^[[{]/;
const remarks = /note|remark|comment|detail|hint/i;

export const tableProcedures = (document: ProceduralDocument): TableProcedure[] =>
  document.tables.flatMap((table) => {
    const roles = rolesOf(table);
    const block = document.blocks.find((b) => b.table_id === table.id);
    const drafts = roles === undefined ? [] : nest(rowsOf(table, roles, block));
    const flat = drafts.flatMap((d) => [d, ...d.children]);
    const score = flat.length === 0 ? 0 : flat.reduce((sum, d) => sum + actionWeight(d.text), 0) / flat.length;
    return drafts.length >= 2 && score >= MIN_SCORE && !flat.some((d) => structured.test(d.text)) ? [{ table, heading: headingOf(document, table, block), drafts, score }] : [];
  });

const cellText = (cell: ContentCell | undefined): string => (cell === null || cell === undefined ? '' : String(cell)).replace(/\s+/g, ' ').trim();

function rolesOf(table: Table): Roles | undefined {
  const names = table.columns.map((c) => c.name.trim());
  const column = (test: RegExp, not: readonly (number | undefined)[] = []) => {
    const index = names.findIndex((name, i) => test.test(name) && !not.includes(i));
    return index < 0 ? undefined : index;
  };
  const number = names.findIndex((name, i) => counts.test(name) && countsUp(table, i));
  const counted = number < 0 ? undefined : number;
  const actor = column(who, [counted]);
  const action = column(acts, [counted, actor]);
  const named = names.findIndex((name) => /^(?:steps?|tasks?|procedure|actions?|activit(?:y|ies))$/i.test(name));
  if (action === undefined || (counted === undefined && named < 0)) return undefined;
  const condition = column(whenever, [counted, actor, action]);
  return { number: counted, action: counted === undefined ? named : action, actor, condition, notes: column(remarks, [counted, actor, action, condition]) };
}

/** Cells read 1, 2, 3, … (or 1, 1.1, 1.2, 2, …); `Step 1` counts too. */
function countsUp(table: Table, column: number): boolean {
  let next = 1;
  const labels = table.rows.map((row) => numberOf(cellText(row[column]))).filter((label) => label !== '');
  for (const label of labels) {
    if (!/^\d+(\.\d+)*$/.test(label)) return false;
    if (label.includes('.')) continue;
    if (Number(label) !== next) return false;
    next++;
  }
  return next > 2;
}

const numberOf = (text: string): string => text.replace(/^step\s*/i, '').replace(/[.):]$/, '');

function rowsOf(table: Table, roles: Roles, block: Block | undefined): StepDraft[] {
  const cite = cellCitations(table, block);
  return table.rows.flatMap((row, index) => {
    const text = cellText(row[roles.action]);
    if (text === '') return [];
    const optional = (key: 'actor' | 'condition', column: number | undefined) => (column === undefined || cellText(row[column]) === '' ? {} : { [key]: cellText(row[column]) });
    const note = roles.notes === undefined ? '' : cellText(row[roles.notes]);
    const label = roles.number === undefined ? String(index + 1) : numberOf(cellText(row[roles.number]));
    return [{ label, text, ...optional('actor', roles.actor), ...optional('condition', roles.condition), notes: note === '' ? [] : [{ text: note, citation: cite(index, roles.notes ?? 0) }], citation: cite(index, roles.action), children: [] }];
  });
}

/** Where a cell's text stands in the block that repeats the table; of rows the block leaves out, only the source tells the place. */
function cellCitations(table: Table, block: Block | undefined): (row: number, column: number) => Citation {
  const shown = (row: readonly ContentCell[]) => row.map((cell) => (cell === null ? '' : String(cell)));
  const starts: number[] = [];
  let at = table.columns.map((c) => c.name).join('\t').length + 1;
  for (const row of table.rows) {
    starts.push(at);
    at += shown(row).join('\t').length + 1;
  }
  return (row, column) => {
    const cells = shown(table.rows[row] ?? []);
    const quote = cells[column] ?? '';
    const start = (starts[row] ?? 0) + cells.slice(0, column).reduce((n, cell) => n + cell.length + 1, 0);
    const stands = block?.text.slice(start, start + quote.length) === quote;
    return { block_id: block?.id ?? table.id, source: sourceOf(table, row, column), quote, start: stands ? start : 0, end: stands ? start + quote.length : quote.length };
  };
}

function sourceOf(table: Table, row: number, column: number): Source {
  const { box: _box, byte_start: _start, byte_end: _end, line: _line, ...whole } = table.source;
  return { ...whole, ...(table.row_sources?.[row] ?? { row: row + 1 }), column: column + 1, ...table.cell_sources?.[row]?.[column] };
}

/** `2.1` goes under `2`. */
function nest(rows: readonly StepDraft[]): StepDraft[] {
  const top: (StepDraft & { children: StepDraft[] })[] = [];
  for (const row of rows) {
    const parent = row.label.includes('.') ? top.find((t) => row.label.startsWith(`${t.label}.`)) : undefined;
    if (parent === undefined) top.push({ ...row, children: [] });
    else parent.children.push(row);
  }
  return top;
}

/** The heading above the table's block; else the table's name. */
function headingOf(document: ProceduralDocument, table: Table, block: Block | undefined): string {
  const above = block === undefined ? undefined : document.blocks.slice(0, document.blocks.indexOf(block)).findLast((b) => b.type === 'heading');
  return above?.text.trim() ?? table.name;
}
