/**
 * The report checker. It trusts nothing that a report says: it resolves every citation anew and holds statements against what it finds.
 *
 * | problem | when |
 * | nothing_cited | a statement has no citation |
 * | artifact_missing | the cited artifact cannot be read |
 * | hash_changed | it is not the content that was cited |
 * | pointer_broken | nothing stands at the pointer |
 * | value_differs | something else stands there |
 * | text_differs | the template, filled with what stands there, is not the text |
 * | figure_not_cited | the text holds a figure that no citation gives |
 *
 * Pure but for `resolve`, so that it serves handlers and tests alike.
 */
import { canonicalJson, type Json } from '@symphainy/kernel';
import { measureAt } from '../model/json-pointer.js';
import type { Citation, Report, Statement } from '../model/report.schema.js';
import { fillTemplate, literalsOf, percent, shown } from '../model/statement-text.js';

export type ProblemKind = 'nothing_cited' | 'artifact_missing' | 'hash_changed' | 'pointer_broken' | 'value_differs' | 'text_differs' | 'figure_not_cited';

export interface Problem {
  readonly statement: string;
  readonly problem: ProblemKind;
  readonly message: string;
  /** Position of the citation in its statement. */
  readonly citation?: number;
}

export interface CheckResult {
  readonly ok: boolean;
  readonly statements: number;
  readonly citations: number;
  readonly problems: readonly Problem[];
}

/** What an artifact id stands for now; undefined when it cannot be read. */
export type ResolveArtifact = (artifactId: string) => Promise<{ readonly content_hash: string; readonly content: Json } | undefined>;

/** Checks every citation and every figure of a report. Each artifact is resolved once. */
export async function checkReport(report: Report, resolve: ResolveArtifact): Promise<CheckResult> {
  const statements = report.sections.flatMap((section) => section.statements);
  const found = new Map<string, Awaited<ReturnType<ResolveArtifact>>>();
  for (const { artifact_id } of statements.flatMap((s) => s.citations)) {
    if (!found.has(artifact_id)) found.set(artifact_id, await resolve(artifact_id));
  }
  const problems = statements.flatMap((statement) => checkStatement(statement, found));
  return { ok: problems.length === 0, statements: statements.length, citations: statements.reduce((n, s) => n + s.citations.length, 0), problems };
}

type Found = ReadonlyMap<string, { readonly content_hash: string; readonly content: Json } | undefined>;

function checkStatement(statement: Statement, found: Found): Problem[] {
  const problem = (kind: ProblemKind, message: string, citation?: number): Problem => ({ statement: statement.id, problem: kind, message, ...(citation === undefined ? {} : { citation }) });
  if (statement.citations.length === 0) return [problem('nothing_cited', 'it cites nothing')];
  const broken = statement.citations.flatMap((citation, i) => {
    const [kind, message] = checkCitation(citation, found) ?? [];
    return kind === undefined || message === undefined ? [] : [problem(kind, message, i)];
  });
  if (broken.length > 0) return broken;
  const values = statement.citations.map((c) => c.value);
  return [...checkTemplate(statement, values), ...uncitedFigures(statement.text, values).map((f) => `the figure ${f} is in no citation`).map((m) => ['figure_not_cited', m] as const)].map(([kind, message]) => problem(kind, message));
}

function checkCitation({ artifact_id, content_hash, pointer, measure, value }: Citation, found: Found): [ProblemKind, string] | undefined {
  const artifact = found.get(artifact_id);
  if (artifact === undefined) return ['artifact_missing', `the artifact ${artifact_id} cannot be read`];
  if (artifact.content_hash !== content_hash) return ['hash_changed', `the artifact ${artifact_id} has the hash ${artifact.content_hash}, cited is ${content_hash}`];
  const actual = measureAt(artifact.content, pointer, measure);
  if (actual === undefined) return ['pointer_broken', `nothing stands at ${pointer || '/'} of ${artifact_id}`];
  if (canonicalJson(actual) !== canonicalJson(value)) return ['value_differs', `at ${pointer || '/'} of ${artifact_id} stands ${shown(actual)}, cited is ${shown(value)}`];
  return undefined;
}

function checkTemplate({ template, text }: Statement, values: readonly Json[]): (readonly [ProblemKind, string])[] {
  if (template === undefined) return [];
  const filled = fillTemplate(template, values);
  const literal = figuresIn(literalsOf(template))[0];
  return [
    ...(filled === text ? [] : [['text_differs', `its citations say “${filled ?? template}”`] as const]),
    ...(literal === undefined ? [] : [['figure_not_cited', `its template itself holds the figure ${literal}`] as const]),
  ];
}

const numberWords = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen', 'twenty'];
/** `one` is as often a pronoun as a figure; it is left alone. */
const writtenFigures = new RegExp(`\\b(?:${numberWords.filter((w) => w !== 'one').join('|')}|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|half|twice)\\b`, 'gi');
const digitFigures = /(?<![\p{L}\d.])[-−+]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[-+]?\d+)?(?:\s?%)?|\d+/giu;

const figuresIn = (text: string): string[] => [...text.matchAll(digitFigures), ...text.matchAll(writtenFigures)].map((m) => m[0]);

/** Figures of a text that no cited value gives. Cited texts are taken out first: a figure inside a quotation is the quotation's. */
export function uncitedFigures(text: string, values: readonly Json[]): string[] {
  const quoted = values.filter((v) => typeof v !== 'number').map(shown).filter((t) => t !== '').sort((a, b) => b.length - a.length);
  const rest = quoted.reduce((left, quote) => withoutQuote(left, quote), text);
  const numbers = values.filter((v) => typeof v === 'number');
  return figuresIn(rest).filter((figure) => !numbers.some((value) => says(figure, value)));
}

/** Removes a quotation where it stands whole: the cited `5` does not cover a part of `57`. */
function withoutQuote(text: string, quote: string): string {
  const escaped = quote.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\d]|\\d[.,])${escaped}(?![\\p{L}\\d]|[.,]\\d)`, 'gu'), ' ');
}

/** Whether a figure in a text says a value: as it is shown, as a percentage, or rounded to the decimals the figure has. */
function says(figure: string, value: number): boolean {
  const plain = figure.replace(/−/g, '-').replace(/,/g, '').trim();
  if (plain === shown(value) || plain === percent(value)) return true;
  if (numberWords.indexOf(plain.toLowerCase()) === value) return true;
  if (!/^[-+]?\d/.test(plain)) return false;
  const isPercent = plain.endsWith('%');
  const number = Number(plain.replace(/\s?%$/, ''));
  const decimals = /\.(\d+)/.exec(plain)?.[1]?.length ?? 0;
  const meant = isPercent ? value * 100 : value;
  return decimals === 0 ? number === meant : number === Number(meant.toFixed(decimals));
}
