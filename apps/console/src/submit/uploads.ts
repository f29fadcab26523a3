/** The files of one submission: what each is for, and how far its upload is. Pure. */
import type { UploadReceipt } from '@symphainy/client';
import type { Problem } from '../platform/problem.js';
import type { FieldValues, PayloadField } from './payload-schema.js';

export type FileRole = 'data' | 'copybook';

export interface Upload {
  readonly id: string;
  readonly filename: string;
  readonly size: number;
  readonly role: FileRole;
  /** Share sent, 0 to 1. */
  readonly sent: number;
  readonly receipt?: Pick<UploadReceipt, 'reference' | 'hash' | 'media_type'>;
  readonly problem?: Problem;
}

/** Copybooks are known by their names' endings; the user can say otherwise. */
export const roleFor = (filename: string): FileRole => (/\.(cpy|cbl|cob|copybook)$/i.test(filename) ? 'copybook' : 'data');

/** Uploaded files put into the reference fields they fit and nobody has filled: a copybook into `copybook`, data into the first other one. */
export function withUploads(fields: readonly PayloadField[], values: FieldValues, uploads: readonly Upload[]): FieldValues {
  const filled: { [path: string]: string } = {};
  for (const field of fields.filter((candidate) => candidate.kind === 'reference' && !values[candidate.path])) {
    const role: FileRole = field.name === 'copybook' ? 'copybook' : 'data';
    if (role === 'data' && !field.required) continue;
    const upload = uploads.find((candidate) => candidate.role === role && candidate.receipt !== undefined);
    if (upload?.receipt !== undefined) filled[field.path] = upload.receipt.reference;
  }
  return Object.keys(filled).length === 0 ? values : { ...values, ...filled };
}

/** The uploaded data files' references, in the order they were added. */
export const dataReferences = (uploads: readonly Upload[]): readonly string[] => uploads.filter((upload) => upload.role === 'data').flatMap((upload) => (upload.receipt === undefined ? [] : [upload.receipt.reference]));

export const isUploading = (uploads: readonly Upload[]): boolean => uploads.some((upload) => upload.receipt === undefined && upload.problem === undefined);
