import { openAsBlob } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect } from '@symphainy/client';
import type { GatewayAccess } from './demonstration.js';

/** The gateway as the demonstration uses it: through the client any caller has. */
export function gatewayAccess(url: string, apiKey: string): GatewayAccess {
  const client = connect({ baseUrl: url, credentials: apiKey });
  return {
    url,
    createSession: async () => (await client.sessions.create({ purpose: 'demonstration' })).session_id,
    upload: async (sessionId, path, name) => client.files.upload(sessionId, { name, content: await contentOf(path) }),
    submit: async (sessionId, intentType, payload) => (await client.intents.submit({ session_id: sessionId, intent_type: intentType, payload })).execution_id,
    follow: async (executionId, onRecord) => {
      for await (const frame of client.executions.watch(executionId)) frame.records.forEach(onRecord);
      return client.executions.read(executionId);
    },
    artifactContent: async (artifactId) => JSON.parse(await (await client.artifacts.content(artifactId)).text()) as unknown,
    validate: async (sessionId) => (await client.sessions.validate(sessionId)).reports,
  };
}

/** Why a file could not be read, in the words of a refusal. */
class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
  readonly code = 'file.unreadable';
  readonly fix: string;
  constructor(error: NodeJS.ErrnoException) {
    const missing = error.code === 'ENOENT';
    super(missing ? 'the link leads to no file, or the file is gone' : `the file cannot be read (${error.code ?? error.message})`);
    this.fix = missing ? 'remove the link, or restore the file it names' : 'let this user read it (chmod u+r), or run as its owner';
  }
}

/** The file's content, opened once first: a blob that turns out unreadable during an upload would end the process. */
export async function contentOf(path: string): Promise<Blob> {
  try {
    await (await open(path, 'r')).close();
  } catch (error) {
    throw new UnreadableFileError(error as NodeJS.ErrnoException);
  }
  return openAsBlob(path);
}
