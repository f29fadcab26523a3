/** TEMPORARY: plain fetch until the client library is there. */
import type { Artifact, ExecutionView, Session, ValidationReport } from '@symphainy/contracts';
import type { TimelineFrame } from '../timeline/timeline.model.js';
import type { Platform, Watch, CapabilityEntry, ExecutionPage, Me, UploadReceipt } from './platform.js';
import { endsSignIn, problemOf, type Problem } from './problem.js';

export function connect(credential: string, onSignInEnded: (problem: Problem) => void): Platform {
  const headers = { authorization: `Bearer ${credential}` };
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(path, { ...init, headers: { ...headers, ...init.headers } });
    if (response.ok) return response;
    const body = (await response.json()) as Record<string, unknown>;
    const error = Object.assign(new Error(String(body['detail'])), body);
    const problem = problemOf(error);
    if (endsSignIn(problem)) onSignInEnded(problem);
    throw error;
  };
  const get = async <T>(path: string): Promise<T> => (await call(path)).json() as Promise<T>;
  const post = async <T>(path: string, body: unknown): Promise<T> => (await call(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })).json() as Promise<T>;
  return {
    me: () => get<Me>('/v1/me'),
    sessions: async () => (await get<{ sessions: Session[] }>('/v1/sessions')).sessions,
    createSession: () => post<Session>('/v1/sessions', {}),
    executions: (query) => get<ExecutionPage>(`/v1/executions?${new URLSearchParams(JSON.parse(JSON.stringify({ session_id: query.sessionId, intent_type: query.intentType, status: query.status, limit: query.limit })) as Record<string, string>)}`),
    execution: (id) => get<ExecutionView>(`/v1/executions/${id}`),
    validation: (id) => get<ValidationReport>(`/v1/executions/${id}/validation`),
    capabilities: async () => (await get<{ capabilities: CapabilityEntry[] }>('/v1/capabilities')).capabilities,
    submit: async (submission) => (await post<{ execution_id: string }>('/v1/intents', submission)).execution_id,
    cancel: async (id) => void (await post(`/v1/executions/${id}/cancel`, {})),
    artifacts: async () => (await get<{ artifacts: Artifact[] }>('/v1/artifacts?limit=100')).artifacts,
    artifact: (id) => get<Artifact>(`/v1/artifacts/${id}`),
    content: async (id) => (await call(`/v1/artifacts/${id}/content`)).blob(),
    upload: async (file, sessionId, onProgress, signal) => {
      const form = new FormData();
      form.set('session_id', sessionId);
      form.set('file', file);
      onProgress(0.4);
      return (await (await call('/v1/files', { method: 'POST', body: form, signal })).json()) as UploadReceipt;
    },
    watch: (id, watch) => events(call, id, watch),
  };
}

async function* events(call: (path: string, init?: RequestInit) => Promise<Response>, id: string, watch: Watch): AsyncIterable<TimelineFrame> {
  const response = await call(`/v1/executions/${id}/events`, { signal: watch.signal });
  watch.onOpen();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, at))?.[1];
      text = text.slice(at + 2);
      if (data) yield JSON.parse(data) as TimelineFrame;
    }
  }
}
