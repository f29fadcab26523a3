/** How nodes and edges of lineage read. Pure. */
import type { Json, SourceRegion } from '@symphainy/contracts';
import { sourceText } from '../artifacts/source-mark.js';
import { artifactRoute, type Route } from '../routing/route.js';
import { shortId } from '../ui/format.js';
import type { IconName } from '../ui/icon.js';
import type { LineageNodeView } from './lineage.model.js';

export const kindNames: Readonly<Record<LineageNodeView['kind'], string>> = { artifact: 'Artifact', column: 'Column', step: 'Step', execution: 'Execution', intent: 'Intent', decision: 'Policy decision', place: 'Place' };

export const kindIcons: Readonly<Record<LineageNodeView['kind'], IconName>> = { artifact: 'file', column: 'table', step: 'steps', execution: 'play', intent: 'quote', decision: 'shield', place: 'target' };

const MAX_VALUE = 60;

/** The first line of a node. */
export function nodeTitle({ id, kind, data, region }: LineageNodeView): string {
  const said = (name: string): string | undefined => (typeof data[name] === 'string' && data[name] !== '' ? data[name] : undefined);
  switch (kind) {
    case 'artifact': return said('external') ?? said('name') ?? id.split('/').at(-1) ?? id;
    case 'column': return said('column') ?? id.slice(id.lastIndexOf('#') + 1);
    case 'step': return said('step') ?? id.split('/').at(-1) ?? id;
    case 'execution': return said('capability') ?? 'execution';
    case 'intent': return said('intent_type') ?? 'intent';
    case 'decision': return said('decision') === 'permit' ? 'permitted' : said('decision') === 'deny' ? 'denied' : 'decision';
    case 'place': return data['value'] === undefined ? placeText(region) : shortValue(data['value']);
  }
}

/** The second line: which one of its kind. */
export function nodeSubtitle({ id, kind, data, region }: LineageNodeView): string {
  switch (kind) {
    case 'artifact': return typeof data['artifact_type'] === 'string' ? data['artifact_type'] : 'named only';
    case 'column': return `column of ${id.slice(id.indexOf(':') + 1, id.lastIndexOf('#')).split('/').at(-1) ?? ''}`;
    case 'step': return `step of ${shortId(executionOf(id) ?? '')}`;
    case 'execution': return `execution ${shortId(executionOf(id) ?? '')}`;
    case 'intent': return typeof data['user_id'] === 'string' ? `intent of ${data['user_id']}` : 'intent';
    case 'decision': return data['bundle_version'] === undefined ? 'policy decision' : `by bundle ${String(data['bundle_version'])}`;
    case 'place': return data['value'] === undefined ? nameOf(data, region) : `${placeText(region)} · ${nameOf(data, region)}`;
  }
}

const nameOf = (data: LineageNodeView['data'], region: SourceRegion | undefined): string => (typeof data['name'] === 'string' ? data['name'] : (region?.reference.split('/').at(-1) ?? ''));

/** Where a place is, in the shortest words. */
export function placeText(region: SourceRegion | undefined): string {
  if (region === undefined) return 'place';
  if (region.record_end !== undefined) return `records ${region.record}–${region.record_end}${among(region)}`;
  if (region.row_end !== undefined) return `${region.sheet === undefined ? '' : `${region.sheet} `}rows ${region.row}–${region.row_end}${among(region)}`;
  if (region.record !== undefined) return region.field === undefined ? `record ${region.record}` : `record ${region.record}, ${region.field}`;
  if (region.row_key !== undefined) return shortValue(region.row_key);
  return sourceText(region) || 'the whole of it';
}

/** How many of a range are meant, if not all. */
const among = ({ numbers }: SourceRegion): string => (numbers === undefined ? '' : `, ${numbers.reduce<number>((sum, one) => sum + (typeof one === 'number' ? 1 : one[1] - one[0] + 1), 0)} of them`);

export function shortValue(value: Json): string {
  const text = typeof value === 'string' ? value : factText(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text;
}

/** A fact, block or cell says itself best in its own words. */
function factText(value: Json): string {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { predicate, value: stated, text } = value;
    if (typeof predicate === 'string' && stated !== undefined) return `${predicate}: ${typeof stated === 'string' ? stated : JSON.stringify(stated)}`;
    if (typeof text === 'string') return text;
    if (stated !== undefined) return typeof stated === 'string' ? stated : JSON.stringify(stated);
  }
  return JSON.stringify(value);
}

const edgeNames: Readonly<Record<string, readonly [up: string, down: string]>> = {
  derived_from: ['Made from', 'Made of it'], generated_by: ['Made by', 'Made'], used: ['Read', 'Read by'], column_of: ['Column of', 'Column'], column_from: ['Made from', 'Made of it'], projects: ['Projects', 'Projected by'],
  identity: ['Made from', 'Made of it'],
  part_of: ['Step of', 'Step'], runs: ['Runs', 'Run by'], decided_by: ['Decided by', 'Decided'], names: ['Names', 'Named by'], child_of: ['Started by', 'Started'],
};

/** A relation from the side of what came of something (`up`), or from the other side. */
export const edgeName = (kind: string, side: 'up' | 'down'): string => edgeNames[kind]?.[side === 'up' ? 0 : 1] ?? `${side === 'up' ? 'Made from' : 'Made of it'}, by ${kind.replaceAll('_', ' ')}`;

/** The execution a node is of. */
export const executionOf = (id: string): string | undefined => /^(?:artifact|column|step|execution|intent|decision|place):([0-9a-f]{8}-[0-9a-f-]{27})/.exec(id)?.[1];

/** The reference that an artifact, a column or a place is of. */
export function referenceOf({ id, kind, region }: LineageNodeView): string | undefined {
  if (kind === 'artifact') return id.slice('artifact:'.length);
  if (kind === 'column') return id.slice('column:'.length, id.lastIndexOf('#'));
  return kind === 'place' ? region?.reference : undefined;
}

/** A value of a document or dataset beside what it was read from. */
function besideSource({ data, region }: LineageNodeView, artifact: Route | undefined): readonly { readonly name: string; readonly to: Route }[] {
  if (artifact?.page !== 'artifact' || region?.pointer === undefined) return [];
  if (data['artifact_type'] === 'content.document') return [{ name: 'See it beside its source', to: { ...artifact, page: 'document', place: { pointer: region.pointer } } }];
  const [, record, field] = /^\/records\/(\d+)(?:\/(.+))?$/.exec(region.pointer) ?? [];
  if (data['artifact_type'] !== 'content.dataset' || record === undefined) return [];
  return [{ name: 'See it beside its bytes', to: { ...artifact, page: 'records', record: Number(record), ...(field === undefined ? {} : { field: field.replaceAll('~1', '/').replaceAll('~0', '~') }) } }];
}

/** Pages of the console that tell more of a node. */
export function linksOf(node: LineageNodeView): readonly { readonly name: string; readonly to: Route }[] {
  const reference = referenceOf(node);
  const artifact = reference === undefined ? undefined : artifactRoute(reference);
  const executionId = executionOf(node.id);
  return [
    ...besideSource(node, artifact),
    ...(artifact === undefined ? [] : [{ name: 'Open the artifact', to: artifact }]),
    ...(executionId === undefined ? [] : [{ name: 'Open the execution', to: { page: 'execution', executionId } as const }]),
    ...(executionId === undefined || node.kind !== 'decision' ? [] : [{ name: 'Explain the decision', to: { page: 'decision', executionId } as const }]),
  ];
}
