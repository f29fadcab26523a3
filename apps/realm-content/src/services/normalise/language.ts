import type { ContentBlock } from '@symphainy/contracts';
import { breather } from '../../model/breathing.js';

/** Letters below which a block's language is a guess. */
const ENOUGH_LETTERS = 40;
/** Letters of a document that its language is told from. */
const SAMPLE_LETTERS = 20_000;
const PROSE: ReadonlySet<ContentBlock['type']> = new Set(['heading', 'paragraph', 'list_item', 'key_value']);

/**
 * Tells the language (ISO 639-1) of a document and of each of its blocks that is prose of some length. Letter n-grams against tables that come with the package
 * (Efficient Language Detector); nothing is told where the tables do not clearly say one language.
 */
export async function tellLanguages(blocks: readonly ContentBlock[]): Promise<string | undefined> {
  const prose = blocks.filter((block) => PROSE.has(block.type));
  if (prose.length === 0) return undefined;
  const { eld } = await import('eld/small');
  const languageOf = (text: string): string | undefined => {
    if (letters(text) < ENOUGH_LETTERS) return undefined;
    const found = eld.detect(text);
    return found.isReliable() ? found.language : undefined;
  };
  const pause = breather(200);
  let sample = '';
  for (const block of prose) {
    const language = languageOf(block.text);
    if (language !== undefined) block.language = language;
    if (sample.length < SAMPLE_LETTERS) sample += `${block.text}\n`;
    await pause();
  }
  return languageOf(sample);
}

const letters = (text: string): number => text.match(/\p{L}/gu)?.length ?? 0;
