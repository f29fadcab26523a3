import { words } from '@symphainy/contracts';
import { dataReference } from '@symphainy/realm-sdk';
import { z } from 'zod';

export const synthesizePayload = z.strictObject({
  title: z.string().min(1, 'a title has at least one character').max(300, 'a title has at most 300 characters').optional(),
  /** Executions of this session to report on; default: all that have ended. */
  execution_ids: z.array(words.uuid).min(1, 'name at least one execution, or leave execution_ids out').max(100, 'at most 100 executions fit into one report').optional(),
});
export type SynthesizePayload = z.infer<typeof synthesizePayload>;

/** A report to check again, as an artifact of this session: one that `solution.synthesize` wrote, or an uploaded JSON file. */
export const checkReportPayload = z.strictObject({ report: dataReference() });
export type CheckReportPayload = z.infer<typeof checkReportPayload>;

/** What a statement rests on: a place in an artifact's content, and what stands there. */
export const citation = z.object({
  artifact_id: z.string(),
  /** The artifact's hash when it was read: another hash is another artifact. */
  content_hash: z.string(),
  /** JSON Pointer (RFC 6901) into the artifact's content. */
  pointer: z.string(),
  /** `length`: the value is the number of items of the list at `pointer`. */
  measure: z.enum(['value', 'length']),
  value: words.json,
});
export type Citation = z.infer<typeof citation>;

export const statement = z.object({
  /** `s2.1`: first statement of the second section. */
  id: z.string(),
  text: z.string(),
  /** The words without the figures: each `{}` (or `{%}`, as a percentage) stands for the next citation's value; `[s]` is a plural ending, dropped after the value 1. */
  template: z.string().optional(),
  citations: z.array(citation),
});
export type Statement = z.infer<typeof statement>;

export const section = z.object({ id: z.string(), title: z.string(), statements: z.array(statement) });
export type Section = z.infer<typeof section>;

/** The artifact `solution.report`. */
export const report = z.object({
  title: z.string(),
  sections: z.array(section),
  /** Every artifact that is cited. */
  sources: z.array(z.object({ artifact_id: z.string(), artifact_type: z.string(), content_hash: z.string() })),
});
export type Report = z.infer<typeof report>;

const counts = { title: z.string(), sections: z.number().int(), statements: z.number().int(), citations: z.number().int(), sources: z.number().int() };
export const synthesizeOutput = z.object({ report: z.string(), report_markdown: z.string(), ...counts, verified: z.literal(true) });
export const checkReportOutput = z.object({ report: z.string(), ...counts, verified: z.literal(true) });

export const summaryOf = ({ title, sections, sources }: Report): { title: string; sections: number; statements: number; citations: number; sources: number } => {
  const statements = sections.flatMap((s) => s.statements);
  return { title, sections: sections.length, statements: statements.length, citations: statements.reduce((n, s) => n + s.citations.length, 0), sources: sources.length };
};
