/** Addresses of the pages on data: `#/lineage`, `#/search`, and of an artifact `…/source` (a document beside its file) and `…/records` (records beside their bytes). */
import type { SourceRegion } from '@symphainy/contracts';
import { queryOf } from './query.js';

export type DataRoute = LineageRoute | DocumentRoute | RecordsRoute | { readonly page: 'search' };

interface LineageRoute {
  readonly page: 'lineage';
  /** A node of the lineage graph: `artifact:<id>`, `execution:<id>`, … Absent: there is nothing to begin with. */
  readonly node?: string;
  /** A place in that artifact: pointer, page and box, bytes. */
  readonly place?: Place;
  /** As it was when this execution ended. */
  readonly run?: string;
}

/** A `content.document` beside the file it was read from. */
interface DocumentRoute extends ArtifactName {
  readonly page: 'document';
  /** What one came to see. */
  readonly place?: Place;
}

/** Records of a `content.dataset`, or of a document of mainframe records, beside their bytes. */
interface RecordsRoute extends ArtifactName {
  readonly page: 'records';
  /** From 1; default 1. */
  readonly record?: number;
  /** The field that is marked. */
  readonly field?: string;
}

interface ArtifactName {
  readonly executionId: string;
  readonly step: string;
  readonly name: string;
}

/** In a reference: page and box, line, bytes, pointer. */
export type Place = Omit<SourceRegion, 'reference'>;

/** The page of these parts of an address; undefined when it is none of these. */
export function parseDataRoute(parts: readonly string[], params: URLSearchParams): DataRoute | undefined {
  const [first, executionId, artifacts, step, name, view, ...rest] = parts;
  if (first === 'lineage' && executionId === undefined) return lineageRoute(params);
  if (first === 'search' && executionId === undefined) return { page: 'search' };
  if (first !== 'executions' || executionId === undefined || artifacts !== 'artifacts' || step === undefined || name === undefined || rest.length > 0) return undefined;
  if (view === 'records') return recordsRoute({ executionId, step, name }, params);
  const place = placeOf(params.get('place'));
  return view === 'source' ? { page: 'document', executionId, step, name, ...(place && { place }) } : undefined;
}

function recordsRoute(artifact: ArtifactName, params: URLSearchParams): RecordsRoute {
  const [record, field] = [Math.trunc(Number(params.get('record') ?? Number.NaN)), params.get('field') ?? undefined];
  return { page: 'records', ...artifact, ...(record >= 1 && { record }), ...(field && { field }) };
}

function lineageRoute(params: URLSearchParams): LineageRoute {
  const [node, place, run] = [params.get('node') ?? undefined, placeOf(params.get('place')), params.get('run') ?? undefined];
  return { page: 'lineage', ...(node && { node }), ...(place && { place }), ...(run && { run }) };
}

/** Addresses are typed by hand, too: what is no place is none. */
function placeOf(text: string | null): Place | undefined {
  if (text === null) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Place) : undefined;
  } catch (malformed) {
    if (malformed instanceof SyntaxError) return undefined;
    throw malformed;
  }
}

export function formatDataRoute(route: DataRoute): string {
  const place = 'place' in route && route.place ? JSON.stringify(route.place) : undefined;
  switch (route.page) {
    case 'lineage': return `#/lineage${queryOf({ node: route.node, place, run: route.run })}`;
    case 'search': return '#/search';
    case 'document': return `${artifactPath(route, 'source')}${queryOf({ place })}`;
    case 'records': return `${artifactPath(route, 'records')}${queryOf({ record: route.record, field: route.field })}`;
  }
}

const artifactPath = ({ executionId, step, name }: ArtifactName, view: string): string => `#/executions/${[executionId, 'artifacts', step, name, view].map(encodeURIComponent).join('/')}`;

const titles: Readonly<Record<DataRoute['page'], string>> = { lineage: 'Lineage', document: 'Document beside its source', records: 'Records', search: 'Search' };

export const dataTitle = ({ page }: DataRoute): string => titles[page];

export const isDataRoute = (route: { readonly page: string }): route is DataRoute => Object.hasOwn(titles, route.page);

/** Where an artifact, or a place in it, came from and what came of it. */
export const lineageOf = (reference: string, place?: Place): DataRoute => ({ page: 'lineage', node: `artifact:${reference}`, ...(place === undefined ? {} : { place }) });
