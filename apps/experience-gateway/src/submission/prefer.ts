/** No caller may hold an answer longer. */
export const MAX_WAIT_S = 60;

/**
 * The `wait` preference of RFC 7240 in seconds, capped at 60; undefined when there is none, or none that can be read (preferences that
 * are not understood are to be ignored). The first `wait` counts.
 */
export function waitPreference(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const text = Array.isArray(header) ? header.join(',') : header;
  const found = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[;,]|$)/i.exec(text);
  return found === null ? undefined : Math.min(MAX_WAIT_S, Number(found[1]));
}
