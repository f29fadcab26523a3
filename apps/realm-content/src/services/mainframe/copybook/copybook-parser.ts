import { syntaxError, readEntry, type Entry } from './copybook-clauses.js';
import { entriesOf, tokenise, type Token } from './copybook-lexer.js';
import { sourceLines, type SourceFormat } from './copybook-source.js';
import type { Copybook, Item, SignClause, Usage } from './copybook.model.js';

const MAX_DEPTH = 49;

/**
 * Reads a copybook: the data descriptions of a COBOL source. A whole program may be given: what stands before its first entry and
 * from the PROCEDURE DIVISION on is passed over. Entries without a level 01 above them form one record of their own.
 * Errors: `copybook.syntax`, `copybook.unsupported`, each naming the line.
 */
export function parseCopybook(text: string, format?: SourceFormat): Copybook {
  const entries = dataEntries(entriesOf(tokenise(sourceLines(text, format)))).map(readEntry);
  const records = recordsOf(entries);
  if (records.length === 0) throw syntaxError({ line: 1 }, 'the copybook describes no data');
  return { records };
}

function dataEntries(entries: readonly Token[][]): Token[][] {
  const end = entries.findIndex((entry) => entry[0]?.text.toUpperCase() === 'PROCEDURE' && entry[1]?.text.toUpperCase() === 'DIVISION');
  const upTo = end < 0 ? entries : entries.slice(0, end);
  const wholeProgram = upTo.some((entry) => /^(DIVISION|SECTION)$/i.test(entry[1]?.text ?? ''));
  return upTo.filter((entry) => !wholeProgram || /^\d{1,2}$/.test(entry[0]!.text));
}

interface Node {
  readonly entry: Entry;
  readonly children: Node[];
  readonly conditions: { name: string; values: readonly string[] }[];
}

function recordsOf(entries: readonly Entry[]): Item[] {
  const roots: Node[] = [];
  const open: Node[] = [];
  for (const entry of entries) {
    if (entry.renames) continue;
    if (entry.condition) {
      open.at(-1)?.conditions.push(entry.condition);
      continue;
    }
    const node: Node = { entry, children: [], conditions: [] };
    const level = entry.level === 77 ? 1 : entry.level;
    while (open.length > 0 && (open.at(-1)!.entry.level >= level || open.at(-1)!.entry.level === 77)) open.pop();
    if (open.length >= MAX_DEPTH) throw syntaxError(entry, `levels nest deeper than ${MAX_DEPTH}`);
    (open.at(-1)?.children ?? roots).push(node);
    open.push(node);
  }
  return gatherLoose(roots).map((root) => toItem(root, {}));
}

/** Entries above level 01 that no record holds become one record named RECORD. */
function gatherLoose(roots: readonly Node[]): Node[] {
  const loose = roots.filter((root) => root.entry.level !== 1 && root.entry.level !== 77);
  if (loose.length === 0) return [...roots];
  const record: Node = { entry: { level: 1, name: 'RECORD', line: loose[0]!.entry.line }, children: loose, conditions: [] };
  return [record, ...roots.filter((root) => !loose.includes(root))];
}

/** USAGE and SIGN of a group hold for what lies under it. */
interface Inherited {
  readonly usage?: Usage;
  readonly sign?: SignClause;
}

function toItem(node: Node, above: Inherited): Item {
  const { entry } = node;
  const usage = entry.usage ?? above.usage ?? (entry.picture?.category === 'national' ? 'national' : 'display');
  const sign = entry.sign ?? above.sign;
  const children = node.children.map((child) => toItem(child, { ...(entry.usage ?? above.usage ? { usage } : {}), ...(sign ? { sign } : {}) }));
  checkEntry(entry, children, usage);
  return {
    level: entry.level,
    name: entry.name,
    line: entry.line,
    usage: entry.picture?.category === 'text' || entry.picture?.category === 'edited' ? 'display' : usage,
    conditions: node.conditions,
    children,
    ...(entry.picture ? { picture: entry.picture } : {}),
    ...(sign ? { sign } : {}),
    ...(entry.occurs ? { occurs: entry.occurs } : {}),
    ...(entry.redefines === undefined ? {} : { redefines: entry.redefines }),
  };
}

/** Usages that bring their own size and take no picture. */
export const isSelfSized = (usage: Usage): boolean => usage === 'float' || usage === 'double' || usage === 'index' || usage === 'pointer';

function checkEntry(entry: Entry, children: readonly Item[], usage: Usage): void {
  if (entry.picture && children.length > 0) throw syntaxError(entry, `${entry.name} has a picture and items under it`);
  if (!entry.picture && children.length === 0 && !isSelfSized(usage)) throw syntaxError(entry, `${entry.name} has neither a picture nor items under it`);
}
