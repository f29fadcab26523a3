import type { Artifact, Json } from '@symphainy/contracts';
import type { FrozenBoundary } from '@symphainy/governance';
import { changedAt } from '../personal-data/personal-plan.js';
import { formOfFile, placesInFile, type MaskedView } from './file-forms.js';

/** What stands for a value that is not shown. */
export const MASKED = '[masked]';

/** They stand in the ticket that the file is read by. */
const MOST_PLACES_OF_A_FILE = 100;

/** What an attempt may see of an artifact: all, all but the fields named, its structure, or nothing. */
export type ArtifactAccess = 'plain' | 'masked' | 'withheld' | { readonly maskedFields: readonly string[] };

/**
 * By the boundary that was frozen with its decision. Where the data contract of its type says which fields are of a bounded class, those are masked; else the artifact's own class counts
 * for all of it. A masked view of what stays outside, or of a file that has no fields, would have nothing in it.
 */
export function accessTo(boundary: FrozenBoundary | undefined, classification: string | undefined, { object, external, artifact_type }: Pick<Artifact, 'object' | 'external' | 'artifact_type'>): ArtifactAccess {
  if (boundary === undefined) return 'plain';
  if (classification !== undefined && boundary.withheld.includes(classification)) return 'withheld';
  const fields = boundary.fields?.filter((field) => field.artifact_type === artifact_type) ?? [];
  const isMasked = classification !== undefined && boundary.masked.includes(classification);
  if (!isMasked && fields.length === 0) return 'plain';
  const form = object === undefined ? 'document' : formOfFile(object);
  if (form === undefined || external !== undefined) return 'withheld';
  if (isMasked && !fields.some((field) => field.classification === classification)) return 'masked';
  const maskedFields = placesInFile(form, fields.map(({ path }) => path));
  return object !== undefined && maskedFields.length > MOST_PLACES_OF_A_FILE ? 'masked' : { maskedFields };
}

/** The artifact as it may be seen. Its summary is of no contract: it is masked whole. */
export function seenArtifact(artifact: Artifact, access: Exclude<ArtifactAccess, 'withheld'>): Artifact {
  if (access === 'plain') return artifact;
  const { content, summary, ...described } = artifact;
  const seen = (value: Json): Json => (access === 'masked' ? masked(value) : withoutFields(value, access.maskedFields));
  return { ...described, ...(content === undefined ? {} : { content: seen(content) }), ...(summary === undefined ? {} : { summary: masked(summary) as { [key: string]: Json } }) };
}

/** What a file is shown as; undefined: as it is. */
export const maskedViewOf = (access: ArtifactAccess): MaskedView | undefined => (access === 'plain' ? undefined : typeof access === 'string' ? {} : { fields: access.maskedFields });

/** A value at a place of an artifact. */
export function seenValue(access: ArtifactAccess, pointer: string, value: Json): Json {
  if (access === 'plain') return value;
  if (typeof access === 'string') return masked(value);
  const at = partsOf(pointer);
  return access.maskedFields.map(partsOf).reduce((seen, field) => {
    const shared = Math.min(at.length, field.length);
    if (!field.slice(0, shared).every((part, i) => part === '*' || part === at[i])) return seen;
    return field.length <= at.length ? masked(value) : changedAt(seen, field.slice(shared), masked);
  }, value);
}

/** Without the values at these places. */
export const withoutFields = (content: Json, paths: readonly string[]): Json => paths.reduce((seen, path) => changedAt(seen, partsOf(path), masked), content);

/** The parts of a JSON Pointer. */
export const partsOf = (pointer: string): string[] => (pointer === '' ? [] : pointer.slice(1).split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')));

/** The structure alone. */
export function masked(value: Json): Json {
  if (value === null) return null;
  if (typeof value !== 'object') return MASKED;
  return Array.isArray(value) ? value.map(masked) : Object.fromEntries(Object.entries(value).map(([name, member]) => [name, masked(member)]));
}
