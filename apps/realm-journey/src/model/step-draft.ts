import type { Citation } from './sop.schema.js';

/** A step as found, before its words are read. */
export interface StepDraft {
  readonly label: string;
  readonly text: string;
  /** The sentence that names the step, where its sentences became substeps. */
  readonly lead?: string;
  /** Where a table names them in columns of their own. */
  readonly actor?: string;
  readonly condition?: string;
  readonly notes: readonly { text: string; citation: Citation }[];
  readonly citation: Citation;
  readonly continued_in?: readonly Citation[];
  readonly children: readonly StepDraft[];
}
