import { dataReference } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { source } from './document.schema.js';

export const createSopPayload = z.strictObject({
  /** A `content.document` artifact. */
  source: dataReference(),
  /** Default: the heading over the procedure, else the document's title. */
  title: z.string().min(1, 'a title has at least one character').max(300, 'a title has at most 300 characters').optional(),
});
export type CreateSopPayload = z.infer<typeof createSopPayload>;

/** The words a statement rests on. `quote` is the block's text from `start` to `end` (UTF-16 units); for a table cell, `block_id` is the table's id. */
export const citation = z.object({ block_id: z.string(), source, quote: z.string(), start: z.number().int(), end: z.number().int() });
export type Citation = z.infer<typeof citation>;

export const sopStep = z.object({
  /** `s2`, `s2_1`: the place in the procedure, whatever the document's own numbers are. */
  id: z.string(),
  /** As the document writes it (`4.2`, `b`), with the parent's before it where it stands alone. */
  number: z.string(),
  text: z.string(),
  actor: z.string().optional(),
  /** What is done, without actor and condition. */
  action: z.string(),
  condition: z.string().optional(),
  /** What is done when the condition does not hold. */
  otherwise: z.string().optional(),
  /** The number of the step that the action leads to, as it is written. */
  goto: z.string().optional(),
  otherwise_goto: z.string().optional(),
  notes: z.array(z.object({ text: z.string(), citation })),
  citation,
  /** Where the text goes on in further blocks. */
  continued_in: z.array(citation).optional(),
  get substeps(): z.ZodArray<typeof sopStep> {
    return z.array(sopStep);
  },
});
export type SopStep = z.infer<typeof sopStep>;

export const decision = z.object({ id: z.string(), step: z.string(), question: z.string(), yes: z.string(), no: z.string() });
export type Decision = z.infer<typeof decision>;

/** The artifact `journey.sop`. */
export const sop = z.object({
  title: z.string(),
  purpose: z.object({ text: z.string(), citation }).optional(),
  roles: z.array(z.string()),
  /** How the procedure is written: numbered list, step table, steps in running text, or a list under a heading that says so. */
  form: z.enum(['numbered', 'table', 'running_text', 'list']),
  heading: z.string().optional(),
  steps: z.array(sopStep),
  decisions: z.array(decision),
  /** Further procedures of the document that this SOP does not hold. */
  others: z.array(z.object({ heading: z.string(), steps: z.number().int(), first: citation })),
});
export type Sop = z.infer<typeof sop>;

export const createSopOutput = z.object({ sop: z.string(), bpmn: z.string(), title: z.string(), steps: z.number().int(), substeps: z.number().int(), decisions: z.number().int(), roles: z.number().int(), nodes: z.number().int(), flows: z.number().int() });
