import { artifact, artifactId, subjects, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { ofArtifact, page } from './parts.js';

const tag = 'artifacts';
const access = 'caller';
const failures = ['artifact.not_found', 'policy.denied', 'data.withheld'] as const;

export const listArtifacts = operation({
  id: 'listArtifacts', method: 'GET', path: '/v1/artifacts', tag, access,
  summary: 'Artifacts, newest first, without their content',
  query: z.strictObject({ session_id: words.uuid.optional(), execution_id: words.uuid.optional(), artifact_type: z.string().max(120).optional(), ...page }),
  replies: { 200: { description: 'A page of artifacts', schema: subjects['runtime.artifact.list'].reply } },
});

export const readArtifact = operation({
  id: 'readArtifact', method: 'GET', path: '/v1/artifacts/:execution_id/:step/:name', tag, access,
  summary: 'An artifact, with its content when that is small',
  params: ofArtifact,
  replies: { 200: { description: 'The artifact', schema: artifact } },
  failures,
});

export const readContent = operation({
  id: 'readArtifactContent', method: 'GET', path: '/v1/artifacts/:execution_id/:step/:name/content', tag, access,
  summary: 'An artifact’s bytes; ranges are served',
  params: ofArtifact,
  headers: { Range: 'One byte range', 'If-Range': 'The ETag of what is held: the range is sent when it is still the content, else the whole', 'If-None-Match': 'The ETag held: 304 when it is still the content' },
  replies: {
    200: { description: 'The bytes', schema: z.string(), mediaType: 'application/octet-stream', headers: { ETag: 'The content hash', 'Accept-Ranges': 'bytes' } },
    206: { description: 'The range asked for', schema: z.string(), mediaType: 'application/octet-stream', headers: { 'Content-Range': 'Which bytes these are' } },
    304: { description: 'The content held is current' },
  },
  failures: [...failures, 'object.missing', 'request.range_unsatisfiable'],
});

export const uploaded = z.object({
  /** How payloads name the file. */
  reference: artifactId,
  execution_id: words.uuid,
  filename: z.string(),
  size: z.number().int(),
  hash: words.sha256Digest,
  media_type: z.string(),
});

export const uploadFile = operation({
  id: 'uploadFile', method: 'POST', path: '/v1/files', tag: 'files', access,
  summary: 'Upload a file under a grant of the Runtime',
  description: 'multipart/form-data; the fields come before the part `file`, so that the grant is decided before a byte is stored. A denied upload leaves no bytes.',
  form: z.object({
    session_id: words.uuid,
    classification: z.string().max(60).optional(),
    subject: z.string().min(1).max(300).optional().describe('whose file it is: it is stored sealed under that data subject’s key'),
    subject_column: z.string().min(1).max(200).optional().describe('of a table with records of several data subjects: the column that says whose each is'),
    /** The file’s size in bytes, if known: an upload over the limit is refused before it is sent, a shorter one is noticed. */
    size: z.string().regex(/^\d{1,15}$/).optional(),
    file: z.string().meta({ contentMediaType: 'application/octet-stream' }),
  }),
  replies: { 201: { description: 'The file is stored and recorded', schema: uploaded, headers: { Location: 'Where the artifact is read' } } },
  failures: [
    'session.not_found', 'session.closed', 'session.foreign_user', 'policy.denied', 'policy.no_bundle', 'upload.too_large', 'upload.quota_exceeded', 'upload.empty', 'upload.missing_file', 'upload.interrupted',
    'runtime.overloaded', 'runtime.unavailable', 'wait.elapsed', 'wal.unavailable',
  ],
});
