const CUTS = 10;
const FLIPS = 3;
const FLIPPED_BITS = 20;

/** A file as something has damaged it, and what was done. */
export interface DamagedFile {
  readonly damage: string;
  readonly bytes: Uint8Array;
}

/** A file cut at ten places, from none of its bytes on, and in three rounds with twenty bits flipped, at places that its length seeds: the same damage in every run. */
export function damages(file: Uint8Array): DamagedFile[] {
  // a copy of its own, and no Buffer, whose slices are the same bytes: what is flipped in one would be flipped in all
  const whole = Uint8Array.from(file);
  const cuts = Array.from({ length: CUTS }, (_, at) => Math.floor((whole.length * at) / CUTS)).map((length) => ({ damage: `cut after ${length} bytes`, bytes: whole.slice(0, length) }));
  const flips = Array.from({ length: FLIPS }, (_, round) => ({ damage: `bits flipped, round ${round + 1}`, bytes: flipped(whole, whole.length * 31 + round) }));
  return [...cuts, ...flips];
}

/** By a linear congruential generator (Numerical Recipes). */
function flipped(whole: Uint8Array, seed: number): Uint8Array {
  const bytes = whole.slice();
  let state = seed >>> 0;
  for (let bit = 0; bit < FLIPPED_BITS && bytes.length > 0; bit++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[state % bytes.length]! ^= 1 << (state >>> 29);
  }
  return bytes;
}
