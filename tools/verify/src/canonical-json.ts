/** Canonical JSON (RFC 8785), written from its specification and not from the platform's code. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const object = value as { readonly [key: string]: Json };
    // Array.prototype.sort without a comparison orders texts by their UTF-16 code units, as section 3.2.3 asks.
    return `{${Object.keys(object).sort().map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] ?? null)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The value of these bytes, if they are UTF-8 and exactly the canonical JSON of it; else why not. */
export function readCanonical(bytes: Uint8Array): { readonly value: Json } | { readonly problem: string } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value = JSON.parse(text) as Json;
    return canonicalJson(value) === text ? { value } : { problem: 'its bytes are not canonical JSON' };
  } catch (error) {
    return { problem: error instanceof SyntaxError ? 'its bytes are not JSON' : 'its bytes are not UTF-8' };
  }
}
