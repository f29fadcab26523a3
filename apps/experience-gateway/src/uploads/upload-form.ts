import type { Multipart, MultipartFile } from '@fastify/multipart';
import { failure, words } from '@symphainy/contracts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { check } from '../http/input.js';
import { errorOf } from '../http/problem.js';

/** What stands before the file in an upload form. */
const fields = z.strictObject({
  session_id: words.uuid,
  classification: z.string().max(60).optional(),
  /** Whose file it is: stored sealed under that data subject's key. */
  subject: z.string().min(1).max(300).optional(),
  /** Of a table with records of several data subjects: the column that says whose each is. */
  subject_column: z.string().min(1).max(200).optional(),
  size: z.string().regex(/^\d{1,15}$/, 'must be a number of bytes').transform(Number).optional(),
});

export interface UploadForm extends z.infer<typeof fields> {
  readonly filename: string;
  readonly mediaType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The sender went away before its form was complete. */
  brokenOff(): boolean;
}

const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]{1,80}\/[a-z0-9!#$&^_.+-]{1,118}$/i;
const MAX_FIELDS = 10;
const MAX_NAME = 500;

/** Reads the form up to the file and leaves the file's bytes to be streamed. */
export async function readUploadForm(request: FastifyRequest): Promise<UploadForm> {
  if (!request.isMultipart()) throw failure('request.unsupported_media_type', { message: 'an upload is multipart/form-data', fix: 'send multipart/form-data with the fields first and the file last' });
  const seen: Record<string, unknown> = {};
  for await (const part of partsOf(request)) {
    if (part.type === 'file') return formOf(request, part, seen);
    if (part.valueTruncated) throw failure('request.invalid', { field: `/${part.fieldname}`, message: `/${part.fieldname}: is too long` });
    seen[part.fieldname] = part.value;
  }
  throw failure('upload.missing_file');
}

async function* partsOf(request: FastifyRequest): AsyncGenerator<Multipart> {
  try {
    yield* request.parts({ limits: { fields: MAX_FIELDS, files: 1, fieldSize: 1000, fileSize: Number.MAX_SAFE_INTEGER } });
  } catch (error) {
    throw formFailure(error);
  }
}

/** busboy's complaints: an end that came too soon, or a form that is none. */
function formFailure(error: unknown): unknown {
  const code = (error as { code?: string }).code ?? '';
  if (code === 'FST_MP_PREMATURE_CLOSE' || /unexpected end|terminated early|aborted/i.test(String((error as Error).message))) return failure('upload.interrupted', { cause: error });
  if (code.startsWith('FST_')) return failure('request.invalid', { message: 'the form has too many fields, or one that is not allowed', cause: error });
  const known = errorOf(error);
  return known.code === 'platform.internal' ? failure('request.malformed', { message: 'the body is not well-formed multipart/form-data', fix: 'send multipart/form-data with its boundary', cause: error }) : known;
}

function formOf(request: FastifyRequest, part: MultipartFile, seen: Record<string, unknown>): UploadForm {
  const form = { filename: safeName(part.filename), mediaType: MEDIA_TYPE.test(part.mimetype) ? part.mimetype.toLowerCase() : 'application/octet-stream', bytes: part.file, brokenOff: () => !request.raw.complete && (request.raw.destroyed || request.raw.errored !== null) };
  try {
    if (part.fieldname !== 'file') throw failure('upload.missing_file', { message: `the file stands in a part named "${part.fieldname}"`, field: '/file' });
    if (seen['session_id'] === undefined) throw failure('request.invalid', { field: '/session_id', message: '/session_id: must be sent, and before the file' });
    return { ...check(fields, seen, ''), ...form };
  } catch (error) {
    part.file.resume();
    throw error;
  }
}

/** A name without its path and without control characters; never empty. */
export const safeName = (name: string | undefined): string => (name ?? '').toWellFormed().split(/[/\\]/).at(-1)!.replace(/[\p{Cc}\p{Cf}]/gu, '').trim().slice(0, MAX_NAME) || 'file';
