import { ManualClock } from '@symphainy/kernel/testing';
import { testChannels } from '@symphainy/service-host/testing';
import { WatchAnnouncer, type Watched } from './watch-announcer.js';

const one = (index: number): Watched => ({ tenant_id: 'acme', execution_id: `019b0000-0000-7000-8000-${String(index).padStart(12, '0')}` });

describe('watch-announcer', () => {
  function announcer(watched: () => Iterable<Watched>): { clock: ManualClock; heard: number[]; announcer: WatchAnnouncer; drain: () => Promise<void>; turns: () => Promise<void> } {
    const clock = new ManualClock();
    const net = testChannels(clock);
    const heard: number[] = [];
    net.channelsOf('runtime').subscribe('runtime.watch', {}, ({ executions }) => void heard.push(executions.length));
    let drain: () => Promise<void> = () => Promise.resolve();
    const made = new WatchAnnouncer({ channels: net.channelsOf('gateway'), clock, onDrain: (task) => void (drain = task) }, watched);
    const turns = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    };
    return { clock, heard, announcer: made, drain: () => drain(), turns };
  }

  it('a new watch - is told at once, and again while it stays', async () => {
    const watched = [one(1)];
    const { clock, heard, announcer: made, turns } = announcer(() => watched);
    made.announce(watched);
    await turns();
    expect(heard).toEqual([1]);
    clock.advance(4000);
    await turns();
    expect(heard).toEqual([1, 1, 1]);
    watched.pop();
    clock.advance(10_000);
    await turns();
    expect(heard).toHaveLength(3);
  });

  it('more watches than one message holds - go in several', async () => {
    const watched = Array.from({ length: 2500 }, (_, i) => one(i));
    const { clock, heard, turns } = announcer(() => watched);
    clock.advance(2000);
    await turns();
    expect(heard).toEqual([1000, 1000, 500]);
  });

  it('the service drains - nothing is told any more', async () => {
    const { clock, heard, drain, turns } = announcer(() => [one(1)]);
    await drain();
    clock.advance(10_000);
    await turns();
    expect(heard).toEqual([]);
  });
});
