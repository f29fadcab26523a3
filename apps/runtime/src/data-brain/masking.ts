import type { Artifact, Json } from '@symphainy/contracts';
import type { FrozenBoundary } from '@symphainy/governance';

/** What stands for a value that is not shown. */
export const MASKED = '[masked]';

/** What an attempt may see of an artifact, by the boundary that was frozen with its decision. A masked view of a file would have nothing in it. */
export function accessTo(boundary: FrozenBoundary | undefined, classification: string | undefined, { object }: Pick<Artifact, 'object'>): 'plain' | 'masked' | 'withheld' {
  if (boundary === undefined || classification === undefined) return 'plain';
  if (boundary.withheld.includes(classification)) return 'withheld';
  if (!boundary.masked.includes(classification)) return 'plain';
  return object === undefined ? 'masked' : 'withheld';
}

/** The artifact's structure without its values. */
export const maskedArtifact = ({ content, summary, ...described }: Artifact): Artifact => ({
  ...described, ...(content === undefined ? {} : { content: masked(content) }), ...(summary === undefined ? {} : { summary: masked(summary) as { [key: string]: Json } }),
});

function masked(value: Json): Json {
  if (value === null) return null;
  if (typeof value !== 'object') return MASKED;
  return Array.isArray(value) ? value.map(masked) : Object.fromEntries(Object.entries(value).map(([name, member]) => [name, masked(member)]));
}
