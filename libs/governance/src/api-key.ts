import { sha256Hex } from '@symphainy/kernel';

/** The text form of an API key: `sk_<key_id>_<43 base64url characters>`. The id itself may hold underscores. */
const API_KEY = /^sk_([A-Za-z0-9_-]{1,80})_([A-Za-z0-9_-]{43})$/;

/** SHA-256 (hex) of the whole key: what is stored instead of it. */
export const apiKeyHash = (key: string): string => sha256Hex(key);

/** The key id that a text of the right form names; undefined for anything else. */
export const apiKeyId = (key: string): string | undefined => API_KEY.exec(key)?.[1];

/** Makes a key from 32 random bytes, which the caller draws. `text` is shown once and kept nowhere; `hash` is stored. */
export function mintApiKey(keyId: string, secret: Uint8Array): { text: string; hash: string } {
  if (secret.length !== 32) throw new Error('an API key takes 32 random bytes');
  const text = `sk_${keyId}_${Buffer.from(secret).toString('base64url')}`;
  if (!API_KEY.test(text)) throw new Error('a key id is 1 to 80 of letters, digits, _ and -');
  return { text, hash: apiKeyHash(text) };
}
