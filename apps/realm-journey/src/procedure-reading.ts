/** Reads a document's procedure: every service once, their results handed on. */
import { failure } from '@symphainy/contracts';
import { isGenericHeading } from './language/heading-sense.js';
import type { ProceduralDocument } from './model/document.schema.js';
import type { Line, OutlineItem, OutlineList } from './model/outline.js';
import type { Sop } from './model/sop.schema.js';
import type { StepDraft } from './model/step-draft.js';
import { citationOf, readLines } from './services/line-reading.service.js';
import { readOutline } from './services/outline.service.js';
import { chooseProcedure, findProcedures, isNumbered, plainProcedures, type Candidate } from './services/procedure-choice.service.js';
import { withSentenceSteps } from './services/sentence-steps.service.js';
import { assembleSop } from './services/sop-assembly.service.js';
import { readStep } from './services/step-reading.service.js';
import { tableProcedures, type TableProcedure } from './services/table-steps.service.js';

interface Found {
  readonly form: Sop['form'];
  readonly heading: string;
  readonly drafts: StepDraft[];
}

/** The SOP of a document. Rejects with `journey.no_procedure` when it holds none. Pure: equal documents give equal SOPs. */
export function readProcedure(document: ProceduralDocument, title?: string): Sop {
  const lines = readLines(document);
  const lists = findProcedures([...readOutline(lines), ...plainProcedures(lines)]);
  const tables = tableProcedures(document);
  const [chosen, ...others] = ordered(lists, tables);
  if (chosen === undefined) throw noProcedure(document, lines);
  return assembleSop({
    title: title ?? titleOf(document, lines, chosen.heading),
    ...purposeOf(lines),
    form: chosen.form,
    heading: chosen.heading,
    drafts: chosen.drafts,
    others: others.flatMap(({ heading, drafts }) => (drafts[0] === undefined ? [] : [{ heading, steps: drafts.length, first: drafts[0].citation }])),
  }, readStep);
}

/** The chosen procedure first: a numbered list or a table, whichever has more steps; then the rest. */
function ordered(lists: readonly Candidate[], tables: readonly TableProcedure[]): Found[] {
  const best = chooseProcedure(lists);
  const table = tables.reduce<TableProcedure | undefined>((a, b) => (a === undefined || b.drafts.length > a.drafts.length ? b : a), undefined);
  const all: { from: Candidate | TableProcedure; found: Found }[] = [...lists.map((c) => ({ from: c, found: ofList(c.list) })), ...tables.map((t) => ({ from: t, found: ofTable(t) }))];
  const preferTable = table !== undefined && (best === undefined || !isNumbered(best.list) || table.drafts.length > best.list.items.length);
  const first = preferTable ? table : best;
  return [...all.filter((a) => a.from === first), ...all.filter((a) => a.from !== first)].map((a) => a.found);
}

function ofList(list: OutlineList): Found {
  const form = list.style === 'ordinal' ? 'running_text' : isNumbered(list) ? (sameBlock(list) ? 'running_text' : 'numbered') : 'list';
  const oneSection = list.items.every((item) => item.heading === list.heading || item.line.kind === 'heading');
  return { form, heading: oneSection ? (list.heading?.text ?? '') : '', drafts: list.items.map((item) => withSentenceSteps(draftOf(item))) };
}

const sameBlock = (list: OutlineList): boolean => list.items.every((item) => item.line.block.id === list.items[0]?.line.block.id && !/\n/.test(item.line.block.text));

const ofTable = ({ heading, drafts }: TableProcedure): Found => ({ form: 'table', heading, drafts: drafts.map(withSentenceSteps) });

/** A line that goes on in the middle of a sentence belongs to the step's own words; others are notes. */
function draftOf(item: OutlineItem): StepDraft {
  const children = item.lists.flatMap((list) => list.items.map((inner) => draftOf(inner)));
  const lines = item.notes.filter((note) => note.text !== '');
  const goesOn = lines.findIndex((line, i) => !continues(i === 0 ? item.line : lines[i - 1], line));
  const continued = lines.slice(0, goesOn < 0 ? lines.length : goesOn);
  return {
    label: item.label,
    text: [item.line, ...continued].map((line) => line.text).join(' '),
    notes: lines.slice(continued.length).map((note) => ({ text: note.text, citation: citationOf(note) })),
    citation: citationOf(item.line),
    ...(continued.length === 0 ? {} : { continued_in: continued.map((line) => citationOf(line)) }),
    children,
  };
}

const continues = (before: Line | undefined, line: Line): boolean => before !== undefined && before.kind !== 'heading' && !/[.!?:;]$/.test(before.text) && /^[\p{Ll}(]/u.test(line.text);

function titleOf(document: ProceduralDocument, lines: readonly Line[], heading: string): string {
  if (heading !== '' && !isGenericHeading(heading)) return heading;
  return document.title?.trim() || lines.find((line) => line.kind === 'heading')?.text || heading || 'Procedure';
}

const purposeHeading = /^(?:purpose|objective|aim|overview|introduction|purpose and scope)\b/i;

function purposeOf(lines: readonly Line[]): { purpose?: Sop['purpose'] } {
  const at = lines.findIndex((line) => line.kind === 'heading' && purposeHeading.test(line.text));
  const text = at < 0 ? undefined : lines[at + 1];
  if (text !== undefined && text.kind === 'text' && text.text !== '') return { purpose: { text: text.text, citation: citationOf(text) } };
  const inline = lines.find((line) => line.kind !== 'heading' && /\bpurpose\s*:\s+\S/i.test(line.text));
  return inline === undefined ? {} : { purpose: { text: inline.text.replace(/^.*?\bpurpose\s*:\s+/i, ''), citation: citationOf(inline) } };
}

function noProcedure(document: ProceduralDocument, lines: readonly Line[]) {
  const headings = lines.filter((line) => line.kind === 'heading').slice(0, 20).map((line) => line.text);
  return failure('journey.no_procedure', {
    message: `the ${document.kind} document (${document.blocks.length} blocks, ${document.tables.length} tables) holds no numbered steps that tell someone what to do`,
    field: '/source',
    details: { headings, blocks: document.blocks.length, tables: document.tables.length },
  });
}
