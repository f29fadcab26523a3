import { EventEmitter } from 'node:events';
import { listenForStop } from './stop-signal.js';

describe('stop signal', () => {
  it('one Ctrl-C that arrives three times - stops in order, and is no second keystroke', async () => {
    const process = new EventEmitter();
    let now = 0;
    let insisted = 0;
    const { signal, stopped } = listenForStop(process as unknown as Pick<NodeJS.Process, 'on'>, () => now, () => insisted++);
    expect(signal.aborted).toBe(false);
    for (const name of ['SIGINT', 'SIGINT', 'SIGTERM']) {
      process.emit(name);
      now += 50;
    }
    expect(await stopped).toBe('stopped');
    expect(signal.aborted).toBe(true);
    expect(insisted).toBe(0);
    now += 2000;
    process.emit('SIGINT');
    expect(insisted).toBe(1);
  });
});
