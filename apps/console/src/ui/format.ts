/** How quantities read on screen. Pure: the present moment comes in. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `0.4 ms`, `128 ms`, `1.24 s`, `2 m 05 s`, `3 h 12 m`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return `${ms <= 0 ? 0 : ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  const minutes = Math.floor(Math.round(ms / 1000) / 60);
  if (minutes < 60) return `${minutes} m ${String(Math.round(ms / 1000) % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} m`;
}

/** Decimal units: `812 B`, `1.4 kB`, `36 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** `1 record`, `12 records`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string => `${formatCount(count)} ${count === 1 ? noun : plural}`;

/** Share of one as a percentage with at most one digit after the point. */
export const formatShare = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;

/** Local time of day with milliseconds. */
export function formatClock(at: string): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? at : `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

/** Local date and time to the second, for titles. */
export function formatMoment(at: string): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? at : `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `just now`, `42 s ago`, `5 min ago`, `3 h ago`, then the date. */
export function formatAgo(at: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(at)) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return formatMoment(at).slice(0, 10);
}

/** The part of an id a person compares: UUIDv7 starts with time, so its tail tells ids apart. */
export const shortId = (id: string): string => (id.length > 12 ? `…${id.slice(-8)}` : id);

/** Who acted, with instance ids shortened: `runtime:…b8759af8` tells runtimes apart as well as the whole. */
export const shortActor = (actor: string): string => actor.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => shortId(id));

/** The start of a digest. */
export const shortHash = (hash: string): string => hash.slice(0, 10);

/** `record_format` → `Record format`. */
export function humanName(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A message as a sentence: capital first, full stop last. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? '' : '.');

const two = (value: number): string => String(value).padStart(2, '0');
