import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { bedWith } from '../testing/engine-bed.js';

const HOUR = 3_600_000;
const sleep = (name: string): { name: string; kind: string; duration_ms: number } => ({ name, kind: 'timer', duration_ms: 400 });

describe('moments that work waits for', () => {
  it('a clock that was set back - what is to come by it is woken for, though an hour later was decided before', async () => {
    const { bed, session } = await bedWith(() => {
      const shown = bed.clock.now.bind(bed.clock);
      bed.clock.now = () => shown() - HOUR;
      return { output: 1 };
    }, sampleCapability(sampleSaga(sleep('first'), 'work', sleep('second'))));
    const { execution_id } = await bed.submit(session);
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });
});
