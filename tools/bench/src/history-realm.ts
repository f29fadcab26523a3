/** The realm of the history measurement: one step that hydrates the same reference again and again, each time one durable record of its execution. */
import { defineCapability, defineRealm, realmService, task, type StepTask } from '@symphainy/realm-sdk';
import { runService } from '@symphainy/service-host';
import { z } from 'zod';

export const HISTORY_INTENT = 'bench.long_stream';
/** Hydrations asked for at once. */
const AT_ONCE = 64;
const THREE_HOURS_MS = 3 * 3_600_000;

export const historyRealm = defineRealm({
  realm: 'bench',
  capabilities: [
    defineCapability({
      intent: HISTORY_INTENT,
      version: '1.0.0',
      description: 'One execution with as many records as it is asked for.',
      determinism: 'deterministic',
      input: z.object({ reads: z.number().int().min(1) }),
      output: z.object({ read: z.number().int() }),
      saga: [
        task('prepare', async (t) => ({ artifacts: [await t.artifact('note', 'bench.note', { text: 'read me' })] })),
        task(
          'read',
          async (t: StepTask<{ reads: number }>) => {
            const reference = t.artifactId('note', 'prepare');
            let started = 0;
            const lane = async (): Promise<void> => {
              while (started++ < t.payload.reads) await t.read(reference);
            };
            await Promise.all(Array.from({ length: AT_ONCE }, lane));
            return { output: { read: t.payload.reads } };
          },
          { timeoutMs: THREE_HOURS_MS, retry: { max_attempts: 1 } },
        ),
      ],
    }),
  ],
});

if (require.main === module) runService(realmService({ name: 'realm-bench', realm: historyRealm }));
