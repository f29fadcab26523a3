/** The realm of the benchmark's workload: three sequential steps, each given about 1 KiB and returning about 1 KiB, with no work inside. */
import { defineCapability, defineRealm, realmService, task } from '@symphainy/realm-sdk';
import { runService } from '@symphainy/service-host';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { BENCH_INTENT, HELD_INTENT, HELD_MS } from './workload.js';

const block = z.object({ data: z.string().max(4096) });

const hand = (value: unknown): { output: { data: string } } => ({ output: block.parse(value) });

export const benchRealm = defineRealm({
  realm: 'bench',
  capabilities: [
    defineCapability({
      intent: BENCH_INTENT,
      version: '1.0.0',
      description: 'Three sequential durable steps, 1 KiB in and out.',
      determinism: 'deterministic',
      input: block,
      output: block,
      saga: [task('parse', (t) => hand(t.payload)), task('embed', (t) => hand(t.inputs['parse'])), task('record', (t) => hand(t.inputs['embed']))],
    }),
    defineCapability({
      intent: HELD_INTENT,
      version: '1.0.0',
      description: 'One step that takes ten minutes.',
      determinism: 'deterministic',
      input: block,
      output: block,
      saga: [task('hold', (t) => setTimeout(HELD_MS, hand(t.payload), { signal: t.signal }), { timeoutMs: 2 * HELD_MS })],
    }),
  ],
});

if (require.main === module) runService(realmService({ name: 'realm-bench', realm: benchRealm }));
