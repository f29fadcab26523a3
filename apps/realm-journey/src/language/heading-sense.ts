/** What a heading promises about the list below it. */

const promises = /\b(?:procedures?|steps?|instructions?|how to|process|checklist|methods?|workflow|directions|protocol|sop|standard operating|operations?|actions? to take|what to do|start-?up|shut-?down|runbook|playbook|walkthrough|installation|set-?up|method statement|response)\b/i;
const denies = /\b(?:references?|bibliography|literature|findings?|conclusions?|lessons?|recommendations?|contributing|causes?|attendees|participants|members|contents|index|glossary|definitions?|abbreviations|objectives?|goals?|aims?|benefits?|questions?|faq|agenda|footnotes?|endnotes?|notes|appendices|figures|tables|risks?|hazards?|assumptions?|requirements?|prerequisites|materials|equipment|ingredients|tools|principles|observations?|results?|issues?|strengths|weaknesses|areas for improvement|terms|responsibilities|roles|scope|purpose|background|history|revision|conditions|rules|regulations|provisions|clauses|polic(?:y|ies)|standards)\b/i;

/** `promises` wins over `denies`: "Procedure for reporting findings" is a procedure. */
export function headingSense(heading: string | undefined): 'procedure' | 'other' | 'unclear' {
  if (heading === undefined || heading === '') return 'unclear';
  if (promises.test(heading)) return 'procedure';
  return denies.test(heading) ? 'other' : 'unclear';
}

/** Headings that say only that a procedure follows, not which. */
export const isGenericHeading = (heading: string): boolean => /^(?:the\s+)?(?:detailed\s+)?(?:procedures?|steps?|instructions?|process|method|workflow|directions|checklist|procedure steps|process steps|actions?|tasks?|standard operating procedure)s?\s*[:.]?$/i.test(heading.trim());
