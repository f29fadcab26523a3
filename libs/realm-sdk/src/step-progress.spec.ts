import { z } from 'zod';
import { defineCapability } from './capability-definition.js';
import { defineRealm } from './realm-definition.js';
import { task } from './step-builders.js';
import type { StepTask } from './step-task.js';
import { testBed } from './test-bed.js';

const input = z.object({ told: z.string() });
const realm = defineRealm({
  realm: 'demo',
  capabilities: [
    defineCapability({
      intent: 'demo.read', version: '1.0.0', description: 'reads', determinism: 'deterministic', input, output: z.json(),
      saga: [task('read', (t: StepTask<z.infer<typeof input>>) => Promise.resolve((t.progress({ told: t.payload.told }), { output: 'read' })))],
    }),
  ],
});

describe('the progress of a step', () => {
  it.each([
    ['up to 4096 bytes', 'x'.repeat(4096 - '{"told":""}'.length), undefined],
    ['one byte more', 'x'.repeat(4097 - '{"told":""}'.length), { code: 'step.result_invalid', field: '/progress' }],
    ['many bytes in few characters', 'é'.repeat(2100), { code: 'step.result_invalid', field: '/progress' }],
  ])('%s - is taken, or told at once: beyond a message’s size no heartbeat of the realm would arrive, and all its long steps would be taken for lost', async (_, told, error) => {
    const run = await testBed(realm).attempt('demo.read', { told });
    expect([run.output, run.error === undefined ? undefined : { code: run.error.code, field: run.error.field }]).toEqual([error === undefined ? 'read' : undefined, error]);
  });
});
