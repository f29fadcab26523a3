import type { Area, CaseResult, Corpus } from './area.js';
import { csvArea } from './areas/csv-area.js';
import { emailArea } from './areas/email-area.js';
import { entityArea } from './areas/entities/entity-area.js';
import { imagesArea } from './areas/images-area.js';
import { mainframeArea } from './areas/mainframe/mainframe-area.js';
import { officeArea } from './areas/office-area.js';
import { pdfTablesArea } from './areas/pdf-tables-area.js';
import { pdfTextArea } from './areas/pdf-text-area.js';
import { permitsArea } from './areas/permits/permits-area.js';
import { qualityArea } from './areas/quality/quality-area.js';
import { retrievalArea } from './areas/retrieval/retrieval-area.js';

/** What the platform means to be measured by. An area that nothing measures yet scores 0. */
export const areaNames = ['mainframe', 'pdf-tables', 'pdf-text', 'office', 'csv', 'email', 'images', 'quality', 'entity-resolution', 'retrieval', 'permits'] as const;

const areas: readonly Area[] = [mainframeArea, pdfTablesArea, pdfTextArea, officeArea, csvArea, emailArea, imagesArea, qualityArea, entityArea, retrievalArea, permitsArea];

export interface Measured {
  readonly name: string;
  /** Undefined where nothing measures the area. */
  readonly area: Area | undefined;
  readonly cases: CaseResult[];
}

/** Measures the areas one by one; `only` names those wanted, all where it is empty. */
export async function* measureAll(corpus: Corpus, only: readonly string[]): AsyncGenerator<Measured> {
  for (const name of areaNames) {
    if (only.length > 0 && !only.includes(name)) continue;
    const area = areas.find((candidate) => candidate.name === name);
    yield { name, area, cases: area ? await area.measure(corpus) : [] };
  }
}
