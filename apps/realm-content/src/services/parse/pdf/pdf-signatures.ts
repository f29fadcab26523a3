import { PDFDict, PDFDocument, PDFHexString, PDFName, PDFString } from 'pdf-lib';
import { pdfDate } from './pdf-description.js';

/** What a signature says of itself. Nothing of it is verified here. */
export interface StatedSignature {
  readonly field: string;
  readonly name?: string;
  readonly date?: string;
  readonly reason?: string;
  readonly location?: string;
}

/** A signature states which bytes it covers; only files with one are opened a second time. */
const SIGNED = Buffer.from('/ByteRange');

/** The signatures of a PDF (ISO 32000-2, 12.8) by their field, which pdf.js does not tell. A file that the second library cannot open, an encrypted one among them, tells none. */
export async function signaturesOf(bytes: Uint8Array): Promise<StatedSignature[]> {
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(SIGNED)) return [];
  try {
    const pdf = await PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: false });
    return pdf.getForm().getFields().flatMap((field) => {
      const signature = field.acroField.dict.lookup(PDFName.of('V'));
      return signature instanceof PDFDict && signature.has(PDFName.of('ByteRange')) ? [statedBy(field.getName(), signature)] : [];
    });
  } catch {
    return [];
  }
}

function statedBy(field: string, signature: PDFDict): StatedSignature {
  const text = (name: string): string | undefined => {
    const value = signature.lookup(PDFName.of(name));
    return value instanceof PDFString || value instanceof PDFHexString ? value.decodeText().trim() || undefined : undefined;
  };
  const stated = { name: text('Name'), date: pdfDate(text('M')), reason: text('Reason'), location: text('Location') };
  return { field, ...(Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined)) as Omit<StatedSignature, 'field'>) };
}
