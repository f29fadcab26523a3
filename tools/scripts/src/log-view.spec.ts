import { logView } from './log-view.js';

const shown = (line: string, colours = false): string => {
  const lines: string[] = [];
  logView((l) => lines.push(l), colours)('runtime', line);
  return lines.join('\n');
};

describe('log view', () => {
  it('a log record - reads as time, service, level, message and fields', () => {
    const line = JSON.stringify({ level: 'warn', time: '2026-11-21T02:48:28.541Z', service: 'runtime', instance: 'i', code: 'a.b', reason: 'two words', msg: 'it is late' });
    expect(shown(line)).toBe('02:48:28.541 runtime            warn  it is late code=a.b reason="two words"');
    expect(shown(line, true)).toContain('\u001b[33mwarn \u001b[0m');
  });

  it.each(['Error: boom', '{"half', '{"json":"of another kind"}'])('%s - is shown as it came, under its service', (line) => {
    expect(shown(line)).toMatch(/^ +runtime +/);
    expect(shown(line).endsWith(line)).toBe(true);
  });
});
