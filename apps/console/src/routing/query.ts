/** The parts of an address. */

/** `?a=1&b=2` of what is defined; empty where nothing is. */
export function queryOf(values: Record<string, string | number | undefined>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) params.set(key, String(value));
  const query = params.toString();
  return query === '' ? '' : `?${query}`;
}

/** A part of a path; one that is encoded wrongly stays as it is. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (malformed) {
    if (malformed instanceof URIError) return part;
    throw malformed;
  }
}
