import { editDistance } from '../../text/edit-distance.js';
import { countsOf, type CodedColumn } from './coded-table.js';
import { discoverDependencies, type Dependency } from './dependencies.js';
import { sparingSystematic } from './systematic.js';
import { unusualForms, type FormFinding } from './value-forms.js';
import { pollColumn, type Poll, type Vote } from './votes.js';

export type CellKind = 'inconsistent' | 'misspelling' | 'format' | 'missing';

/** A cell that is likely wrong. */
export interface WrongCell {
  readonly row: number;
  readonly column: number;
  readonly kind: CellKind;
  readonly reasons: readonly string[];
  readonly suggested?: string;
  readonly confidence: number;
}

/** A rare value and the frequent one that it is likely meant to be, with how sure that is from the column alone. */
export interface Misspelling {
  readonly likely: string;
  readonly confidence: number;
}

export interface Evidence {
  readonly columns: readonly CodedColumn[];
  /** By column, by value. */
  readonly misspellings: readonly ReadonlyMap<string, Misspelling>[];
  /** Dependencies that hold by the caller's word. */
  readonly given: readonly Dependency[];
}

export interface Assessment {
  readonly dependencies: readonly Dependency[];
  readonly cells: readonly WrongCell[];
}

const ROUNDS = 2;
/** Cells this sure are put right before dependencies are looked for again, so that errors on either side do not hide them. */
const CORRECTED_FROM = 0.6;

/** Finds wrong cells in rounds: what the last round is sure of is put right in a working copy, which the next looks for dependencies in. Findings are always of the table as it came. Yields after each column, so that other work may go on. */
export function* findWrongCells(evidence: Evidence, leastConfidence: number): Generator<undefined, Assessment> {
  const forms = evidence.columns.map(unusualForms);
  let working = evidence.columns.map((column, at) => corrected(column, misspelledCells(column, evidence.misspellings[at]!)));
  for (let round = 1; ; round++) {
    const dependencies = [...evidence.given];
    const cells: WrongCell[] = [];
    for (const at of working.keys()) {
      const found = discoverDependencies(working, at);
      dependencies.push(...found);
      cells.push(...assessColumn(evidence, working, at, [...evidence.given.filter((d) => d.column === at), ...found], forms[at]!));
      yield undefined;
    }
    if (round === ROUNDS) return { dependencies, cells: cells.filter((cell) => cell.confidence >= leastConfidence) };
    working = evidence.columns.map((column, at) => corrected(column, cells.filter((cell) => cell.column === at && cell.confidence >= CORRECTED_FROM)));
  }
}

type Correction = Pick<WrongCell, 'row' | 'suggested'>;

const misspelledCells = (column: CodedColumn, misspellings: ReadonlyMap<string, Misspelling>): Correction[] =>
  [...column.codes].flatMap((code, row) => {
    const found = misspellings.get(column.values[code]!);
    return found === undefined || found.confidence < CORRECTED_FROM ? [] : [{ row, suggested: found.likely }];
  });

function corrected(column: CodedColumn, cells: readonly Correction[]): CodedColumn {
  const codes = column.codes.slice();
  const known = new Map(column.values.map((value, code) => [value, code]));
  // what is wrong and has no known right value takes part in nothing
  for (const { row, suggested } of cells) codes[row] = suggested === undefined ? 0 : (known.get(suggested) ?? 0);
  return { ...column, codes };
}

function assessColumn(evidence: Evidence, working: readonly CodedColumn[], at: number, dependencies: readonly Dependency[], forms: ReadonlyMap<number, FormFinding>): WrongCell[] {
  const column = evidence.columns[at]!;
  const found = pollColumn(working.map((other, i) => (i === at ? column : other)), at, dependencies);
  const poll = sparingSystematic(found, working, at);
  const counts = countsOf(column);
  return [...column.codes].flatMap((code, row) => {
    const misspelling = code === 0 || poll.supported.has(row) ? undefined : evidence.misspellings[at]!.get(column.values[code]!);
    return judge({ evidence, at, row, code, poll, counts, misspelling, form: forms.get(code) });
  });
}

interface Case {
  readonly evidence: Evidence;
  readonly at: number;
  readonly row: number;
  readonly code: number;
  readonly poll: Poll;
  readonly counts: Int32Array;
  readonly misspelling: Misspelling | undefined;
  readonly form: FormFinding | undefined;
}

/** Joins what speaks against a cell; independent grounds make it surer (noisy or). */
function judge({ evidence, at, row, code, poll, counts, misspelling, form }: Case): WrongCell[] {
  const { values } = evidence.columns[at]!;
  const vote = poll.contested.get(row);
  const voted = vote === undefined ? 0 : voteConfidence(vote, values[code]!, values[vote.code]!, counts[vote.code]! >= counts[code]! * TIMES_RARER);
  const grounds = [
    ...(vote !== undefined && voted > 0 ? [{ kind: code === 0 ? ('missing' as const) : ('inconsistent' as const), confidence: voted, reason: voteReason(evidence.columns, vote), suggested: values[vote.code]! }] : []),
    ...(misspelling === undefined ? [] : [{ kind: 'misspelling' as const, confidence: misspelling.confidence, reason: `rare, and close to the frequent "${misspelling.likely}"`, suggested: misspelling.likely }]),
    ...(form === undefined ? [] : [{ kind: 'format' as const, confidence: form.confidence, reason: `of the form ${form.form}, where nearly all values are like ${form.usual}`, suggested: form.suggested }]),
  ];
  if (grounds.length === 0) return [];
  const confidence = 1 - grounds.reduce((doubt, ground) => doubt * (1 - ground.confidence), 1);
  const suggested = grounds.find((ground) => ground.suggested !== undefined)?.suggested ?? (vote !== undefined && vote.forIt > vote.forOwn ? values[vote.code] : undefined);
  return [{ row, column: at, kind: grounds[0]!.kind, reasons: grounds.map((ground) => ground.reason), ...(suggested === undefined ? {} : { suggested }), confidence: Number(Math.min(confidence, 0.999).toFixed(3)) }];
}

const CLEAR_MARGIN = 0.5;
const SIMILAR_MARGIN = 0.25;
const TIMES_RARER = 5;

/** How sure a vote makes: its margin times the dependency's strength; a rare value that looks like the one voted for needs less. */
function voteConfidence(vote: Vote, own: string, other: string, rare: boolean): number {
  const margin = vote.forIt - vote.forOwn;
  const { strength } = vote.by;
  if (own === '') return margin >= 0.7 && strength >= 0.8 ? margin * strength : 0;
  if (rare && margin >= SIMILAR_MARGIN && looksLike(own, other)) return 0.5 + margin / 2;
  return margin >= CLEAR_MARGIN ? margin * strength : 0;
}

const looksLike = (a: string, b: string): boolean => editDistance(a, b, Math.max(1, Math.floor(Math.max(a.length, b.length) / 4))) !== undefined;

const voteReason = (columns: readonly CodedColumn[], { by, forIt }: Vote): string =>
  `${Math.round(forIt * 100)} % of the weight of rows with the same ${by.on.map((at) => columns[at]!.name).join(' and ')} says otherwise`;
