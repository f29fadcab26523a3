import { words } from '@symphainy/contracts';
import { z } from 'zod';

/** An execution as the tool `session.executions` tells it. Times and durations are left out: a report says what was found, not when. */
export const listedExecution = z.object({
  execution_id: z.string(),
  intent_type: z.string(),
  status: z.string(),
  created_at: z.string().default(''),
  steps_completed: z.number().int().default(0),
  artifact_count: z.number().int().default(0),
  record_count: z.number().int().default(0),
  error_code: z.string().optional(),
});
export type ListedExecution = z.infer<typeof listedExecution>;

/** An artifact as the tool `session.artifacts` tells it: without content. */
export const listedArtifact = z.object({
  artifact_id: z.string(),
  execution_id: z.string(),
  name: z.string(),
  artifact_type: z.string(),
  media_type: z.string(),
  content_hash: z.string(),
  object: z.object({ size: z.number().int() }).optional(),
  summary: z.record(z.string(), words.json).optional(),
});
export type ListedArtifact = z.infer<typeof listedArtifact>;

export const executionsReply = z.object({ executions: z.array(listedExecution), next_cursor: z.string().optional() });
export const artifactsReply = z.object({ artifacts: z.array(listedArtifact), next_cursor: z.string().optional() });

/** The artifact `solution.inventory`: what the session holds that a report may rest on. */
export const inventory = z.object({
  completed: z.array(listedExecution.omit({ created_at: true })),
  failed: z.array(listedExecution.omit({ created_at: true })),
  artifacts: z.array(listedArtifact),
  /** Completed executions that the limit left out, oldest first. */
  omitted: z.number().int(),
});
export type Inventory = z.infer<typeof inventory>;
