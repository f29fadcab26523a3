/** Canonical JSON (RFC 8785), written from its specification and not from the platform's code. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export function canonicalJson(value: Json): string {
  let text = '';
  writeCanonical(value, (piece) => (text += piece));
  return text;
}

/** The same, piece by piece; a piece never ends within a character. */
export function writeCanonical(value: Json, write: (piece: string) => void): void {
  if (Array.isArray(value)) {
    (value as readonly Json[]).forEach((item, i) => {
      write(i === 0 ? '[' : ',');
      writeCanonical(item, write);
    });
    write(value.length === 0 ? '[]' : ']');
  } else if (typeof value === 'object' && value !== null) {
    const object = value as { readonly [key: string]: Json };
    // Array.prototype.sort without a comparison orders texts by their UTF-16 code units, as section 3.2.3 asks.
    const keys = Object.keys(object).sort();
    keys.forEach((key, i) => {
      write(`${i === 0 ? '{' : ','}${JSON.stringify(key)}:`);
      writeCanonical(object[key] ?? null, write);
    });
    write(keys.length === 0 ? '{}' : '}');
  } else {
    write(JSON.stringify(value));
  }
}

/** The value of these bytes, if they are UTF-8 and exactly the canonical JSON of it; else why not. */
export function readCanonical(bytes: Uint8Array): { readonly value: Json } | { readonly problem: string } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value = JSON.parse(text) as Json;
    return canonicalJson(value) === text ? { value } : { problem: 'its bytes are not canonical JSON' };
  } catch (error) {
    if (error instanceof RangeError) return { problem: 'it is nested too deep to be a frame' };
    return { problem: error instanceof SyntaxError ? 'its bytes are not JSON' : 'its bytes are not UTF-8' };
  }
}
