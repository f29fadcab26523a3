/** Writes statements about one artifact: every figure comes from the artifact through a citation, none from the writer. */
import type { Json } from '@symphainy/kernel';
import { measureAt } from './json-pointer.js';
import type { Citation, Statement } from './report.schema.js';
import { fillTemplate } from './statement-text.js';

/** An artifact that was read. */
export interface SourceArtifact {
  readonly artifact_id: string;
  readonly artifact_type: string;
  readonly content_hash: string;
  readonly content: Json;
}

/** A statement before it has its place in a report. */
export type Draft = Omit<Statement, 'id'>;

/** `places` are JSON Pointers, one for each `{}` of the template; `#/rows` means the length of the list there. Undefined when a place is empty. */
export function state(source: SourceArtifact, template: string, ...places: string[]): Draft | undefined {
  const citations = places.map((place) => cite(source, place));
  if (citations.some((c) => c === undefined)) return undefined;
  const found = citations as Citation[];
  const text = fillTemplate(template, found.map((c) => c.value));
  if (text === undefined) throw new Error(`the template "${template}" has not ${places.length} places`);
  return { text, template, citations: found };
}

function cite({ artifact_id, content_hash, content }: SourceArtifact, place: string): Citation | undefined {
  const measure = place.startsWith('#') ? 'length' : 'value';
  const pointer = place.replace(/^#/, '');
  const value = measureAt(content, pointer, measure);
  return value === undefined || value === null || value === '' ? undefined : { artifact_id, content_hash, pointer, measure, value };
}

export const present = (drafts: readonly (Draft | undefined)[]): Draft[] => drafts.filter((d) => d !== undefined);
