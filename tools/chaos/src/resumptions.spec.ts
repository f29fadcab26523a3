import type { Kill } from './killer.js';
import { resumptions } from './resumptions.js';

const kill = (process: string, writer: string, at: number, upAt: number): Kill => ({ target: 'runtime', process, writer, at, upAt });
const about = { runtimes: 2, heldForMs: 3000 };

describe('resumptions', () => {
  it('a stream that slept when its runtime died - is not counted as held', () => {
    const kills = [kill('runtime', 'a', 10_000, 11_000)];
    const adoptions = [{ writer: 'a', before: 9_500, at: 10_900 }, { writer: 'a', before: 2_000, at: 30_000 }, { writer: 'stranger', before: 9_900, at: 10_500 }];
    expect(resumptions(kills, adoptions, about)).toEqual([{ died: 10_000, ms: 900, outage: false }]);
  });

  it('all runtimes dead at once - is told apart from one death among the living', () => {
    const kills = [kill('runtime', 'a', 10_000, 15_000), kill('runtime-2', 'b', 10_200, 14_000), kill('runtime', 'c', 30_000, 31_000)];
    const adoptions = [{ writer: 'a', before: 9_900, at: 15_500 }, { writer: 'c', before: 29_900, at: 30_800 }];
    expect(resumptions(kills, adoptions, about)).toEqual([{ died: 30_000, ms: 800, outage: false }, { died: 10_000, ms: 5_500, outage: true }]);
  });
});
