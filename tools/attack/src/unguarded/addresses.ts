/** Preloaded into a Smart City under proof: webhooks go wherever somebody says. */
import { lookup } from 'node:dns';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const load = createRequire(__filename);
const targets = load(join(__dirname, '..', '..', '..', '..', 'libs', 'public-works', 'outbound', 'dist', 'guarded-target.js')) as Record<string, unknown>;
targets['checkTarget'] = (text: string): URL => new URL(text);
targets['guardedLookup'] = () => lookup;
