import { contentKind } from '@symphainy/contracts';
import { dataReference } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { parseAndEmbedOutput, parseAndEmbedPayload } from './ingest.schema.js';

/** Characters of content that stand in an intent, and so in the log. */
export const MAX_UPLOAD_CHARACTERS = 262_144;

const { copybook, options, chunk_characters } = parseAndEmbedPayload.shape;
const content = z.string().min(1).max(MAX_UPLOAD_CHARACTERS);

export const uploadPayload = z.strictObject({
  source: dataReference().optional().describe('a file that is here already (POST /v1/files, any size); give this, text or base64'),
  text: content.optional().describe('the content of a small file, as text; it is kept as UTF-8'),
  base64: content.optional().describe('the content of a small file, as base64'),
  filename: z.string().min(1).max(255).optional().describe('of text and base64: the file’s name'),
  media_type: z.string().max(200).regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/, 'must read <type>/<subtype>').optional().describe('of text and base64; default: told from the content'),
  classification: z.string().max(60).optional().describe('of text and base64: the class that boundaries go by'),
  then: z.enum(['parse_and_embed']).optional().describe('what follows, as a child intent: content.parse_and_embed of the file'),
  copybook: copybook.describe('handed to parse_and_embed'),
  options: options.unwrap().optional().describe('handed to parse_and_embed'),
  chunk_characters: chunk_characters.unwrap().optional().describe('handed to parse_and_embed'),
});
export type UploadPayload = z.infer<typeof uploadPayload>;

/** What `content.upload` answers: the file by reference, what it is by its content, and what was made of it. */
export const uploadOutput = z.object({
  file: z.string(),
  filename: z.string().optional(),
  media_type: z.string(),
  size: z.number().int().min(0),
  hash: z.string().describe('SHA-256 of the bytes as they are stored'),
  kind: contentKind.optional().describe('absent: of no kind that is read without a copybook, or damaged'),
  parsed: parseAndEmbedOutput.optional(),
});

/** What `receive` hands on: the payload of the child. */
export const uploadReceived = z.object({ source: z.string() });
