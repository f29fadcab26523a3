/** What an artifact's summary says, in a few words. Pure. */
import type { Artifact } from '@symphainy/contracts';
import { counted, formatCount } from '../ui/format.js';

type Summary = Artifact['summary'];

const MAX_FACTS = 4;
const MAX_TEXT = 80;
/** Members that name a thing; they come first. */
const NAMES = ['title', 'filename', 'name', 'table'];

/** What a person would call it: its title or file name, else its name in the execution. */
export function artifactTitle({ name, summary }: Pick<Artifact, 'name' | 'summary'>): string {
  const title = NAMES.map((key) => summary?.[key]).find((value) => typeof value === 'string' && value !== '');
  return typeof title === 'string' ? title : name;
}

/** A summary's small values as short phrases: `permit.pdf`, `12 pages`. Nested values and zeros stay for the viewer. */
export function summaryFacts(summary: Summary): readonly string[] {
  const entries = Object.entries(summary ?? {}).toSorted(([a], [b]) => rank(a) - rank(b));
  return entries.flatMap(([key, value]) => {
    if (typeof value === 'number') return value === 0 ? [] : [counts(value, key.replaceAll('_', ' '))];
    return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? [value] : [];
  }).slice(0, MAX_FACTS);
}

const rank = (key: string): number => (NAMES.includes(key) ? 0 : 1);

const counts = (value: number, noun: string): string => (noun.endsWith('s') ? counted(value, noun.replace(/s$/, ''), noun) : `${formatCount(value)} ${noun}`);
