import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { UsageError, type Command } from '../command.js';
import { opened } from './intent.commands.js';

export const fileCommands: readonly Command[] = [
  {
    path: 'files upload', words: ['file'], summary: 'Upload a file; payloads name it by the reference that is answered',
    options: { session: { type: 'string', value: '<id>', summary: 'session to upload to; default: a new one' }, classification: { type: 'string', value: '<class>', summary: 'public, internal, confidential, restricted, …' } },
    run: async ({ client, words, text, signal }) => {
      const file = words['file'] ?? '';
      const content = await openAsBlob(file).catch(() => {
        throw new UsageError(`${file} cannot be read`);
      });
      const api = client();
      const classification = text('classification');
      return api.files.upload(text('session') ?? (await opened(api)), { name: basename(file), content }, { signal, ...(classification === undefined ? {} : { classification }) });
    },
  },
];
