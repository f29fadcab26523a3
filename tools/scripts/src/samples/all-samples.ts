/**
 * samples: the documents that ship with the project, made here and nowhere else.
 *
 * Each is a function of nothing: no clock, no chance, no compression that differs between builds, so making them again gives the same bytes.
 */
import { afterActionDocx } from './after-action-docx.js';
import { inspectionsXlsx } from './inspections-xlsx.js';
import { noticeMail } from './notice-mail.js';
import { permitPdf } from './permit-pdf.js';
import { policyCopybook, policyMaster } from './policy-master.js';

/** File name → bytes. */
export async function allSamples(): Promise<ReadonlyMap<string, Uint8Array>> {
  return new Map<string, Uint8Array>([
    ['after-action.docx', afterActionDocx()],
    ['bypass-test-notice.eml', noticeMail()],
    ['permit.pdf', await permitPdf()],
    ['policy-master.cpy', Buffer.from(policyCopybook, 'ascii')],
    ['policy-master.ebcdic', policyMaster()],
    ['spreadsheet.xlsx', inspectionsXlsx()],
  ]);
}
