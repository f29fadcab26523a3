import { ObjectTooLargeError, ObjectMissingError, type ObjectStore } from '@symphainy/ports';
import { sha256Hex } from '@symphainy/kernel';
import { Readable } from 'node:stream';
import type { GatewayEnv } from '../gateway.env.js';

/** Stand-in until objects-files is there. */
export function openObjects(_env: GatewayEnv): ObjectStore {
  const all = new Map<string, Buffer>();
  return {
    put: async (t, source, options) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const c of source) { chunks.push(c); size += c.length; if (size > (options?.maxBytes ?? Infinity)) throw new ObjectTooLargeError(); }
      const b = Buffer.concat(chunks); const hash = sha256Hex(b);
      all.set(`${t}/${hash}`, b);
      return { hash, size };
    },
    get: async (t, h, r) => { const b = all.get(`${t}/${h}`); if (!b) throw new ObjectMissingError(); return Readable.from([r ? b.subarray(r.start, r.end + 1) : b]); },
    stat: async (t, h) => { const b = all.get(`${t}/${h}`); return b && { size: b.length }; },
    delete: async (t, h) => void all.delete(`${t}/${h}`),
  };
}
