import { openAsBlob } from 'node:fs';
import { connect } from '@symphainy/client';
import type { GatewayAccess } from './demonstration.js';

/** The gateway as the demonstration uses it: through the client any caller has. */
export function gatewayAccess(url: string, apiKey: string): GatewayAccess {
  const client = connect({ baseUrl: url, credentials: apiKey });
  return {
    url,
    createSession: async () => (await client.sessions.create({ purpose: 'demonstration' })).session_id,
    upload: async (sessionId, path, name) => client.files.upload(sessionId, { name, content: await openAsBlob(path) }),
    submit: async (sessionId, intentType, payload) => (await client.intents.submit({ session_id: sessionId, intent_type: intentType, payload })).execution_id,
    follow: async (executionId, onRecord) => {
      for await (const frame of client.executions.watch(executionId)) frame.records.forEach(onRecord);
      return client.executions.read(executionId);
    },
    artifactContent: async (artifactId) => JSON.parse(await (await client.artifacts.content(artifactId)).text()) as unknown,
    validate: async (sessionId) => (await client.sessions.validate(sessionId)).reports,
  };
}
