import { formatAgo, formatBytes, formatDuration, formatShare, sentence } from './format.js';

describe('format - durations', () => {
  it.each([[0, '0 ms'], [0.42, '0.4 ms'], [1, '1 ms'], [999.4, '999 ms'], [1240, '1.24 s'], [9994, '9.99 s'], [9996, '10.0 s'], [59_990, '60.0 s'], [59_999, '1 m 00 s'], [125_000, '2 m 05 s'], [3_599_600, '1 h 00 m'], [11_520_000, '3 h 12 m']])('%d ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('format - sizes and shares', () => {
  it.each([[0, '0 B'], [999, '999 B'], [1000, '1.0 kB'], [1449, '1.4 kB'], [36_400_000, '36 MB'], [999_600, '1.0 MB']])('%d bytes read %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([[0, '0 %'], [0.0071, '0.7 %'], [0.114, '11 %'], [1, '100 %']])('%d reads %s', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

describe('format - the rest', () => {
  it('time passed, and a date after a day', () => {
    const now = Date.parse('2026-01-02T00:00:00.000Z');
    expect(formatAgo('2026-01-01T23:59:58.000Z', now)).toBe('just now');
    expect(formatAgo('2026-01-01T23:50:00.000Z', now)).toBe('10 min ago');
    expect(formatAgo('2025-12-25T12:00:00.000Z', now)).toBe('2025-12-25');
  });

  it('a message becomes a sentence once', () => {
    expect(sentence('the file is empty')).toBe('The file is empty.');
    expect(sentence('Done.')).toBe('Done.');
  });
});
