import { basename } from 'node:path';
import { readDocument } from '@symphainy/realm-content';
import type { Corpus } from './area.js';

/** What became of one damaged file: `read`, a coded refusal, or a fault of the reader. */
export interface Damaged {
  readonly file: string;
  readonly damage: string;
  readonly outcome: string;
  readonly fault: boolean;
}

const CUTS = 10;
const FLIPS = 3;
const FLIPPED_BITS = 20;

/** Every file of the corpus's documents cut at ten places, and with bits flipped at places that its length seeds. */
export async function* torture(corpus: Corpus): AsyncGenerator<Damaged> {
  const files = ['pdf', 'office', 'images'].flatMap((folder) => corpus.files(folder, /\.(pdf|docx|xlsx|xlsm|pptx|html?|csv|eml|webp|png|jpe?g|xml)$/)).filter((file) => !file.includes('.expected'));
  for (const file of files) for (const { damage, bytes } of damages(corpus.bytes(file))) yield { file, damage, ...(await outcomeOf(file, bytes)) };
}

function damages(whole: Uint8Array): { damage: string; bytes: Uint8Array }[] {
  const cuts = Array.from({ length: CUTS }, (_, at) => Math.floor((whole.length * at) / CUTS)).map((length) => ({ damage: `cut after ${length} bytes`, bytes: whole.slice(0, length) }));
  const flips = Array.from({ length: FLIPS }, (_, round) => ({ damage: `bits flipped, round ${round + 1}`, bytes: flipped(whole, whole.length * 31 + round) }));
  return [...cuts, ...flips];
}

/** A linear congruential generator (Numerical Recipes): the same damage in every run. */
function flipped(whole: Uint8Array, seed: number): Uint8Array {
  const bytes = whole.slice();
  let state = seed >>> 0;
  for (let bit = 0; bit < FLIPPED_BITS && bytes.length > 0; bit++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[state % bytes.length]! ^= 1 << (state >>> 29);
  }
  return bytes;
}

async function outcomeOf(file: string, bytes: Uint8Array): Promise<{ outcome: string; fault: boolean }> {
  try {
    await readDocument({ bytes, filename: basename(file) });
    return { outcome: 'read', fault: false };
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    if (typeof code === 'string' && code.startsWith('content.')) return { outcome: code, fault: false };
    return { outcome: error instanceof Error ? `${error.name}: ${error.message.slice(0, 160)}` : String(error), fault: true };
  }
}
