/** Puts drafts of statements into sections, numbers them and names their sources. */
import type { Report, Section } from '../model/report.schema.js';
import type { Draft, SourceArtifact } from '../model/statement-draft.js';

export interface SectionDraft {
  readonly title: string;
  readonly statements: readonly Draft[];
}

/** Sections without statements are left out. */
export function composeReport(title: string, drafts: readonly SectionDraft[], read: readonly Omit<SourceArtifact, 'content'>[]): Report {
  const sections = drafts.filter((d) => d.statements.length > 0).map((draft, i): Section => ({
    id: `s${i + 1}`,
    title: draft.title,
    statements: draft.statements.map((statement, j) => ({ id: `s${i + 1}.${j + 1}`, ...statement })),
  }));
  const cited = new Set(sections.flatMap((s) => s.statements).flatMap((s) => s.citations).map((c) => c.artifact_id));
  const sources = read.filter((a) => cited.has(a.artifact_id)).map(({ artifact_id, artifact_type, content_hash }) => ({ artifact_id, artifact_type, content_hash }));
  return { title, sections, sources };
}
