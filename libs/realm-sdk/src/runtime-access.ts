import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { failure, wireError, type ExternalTable, type ObjectRef, type StepDispatch, type TableQuery } from '@symphainy/contracts';
import { canonicalJson, fromWireError, intactStream, PlatformError, type Json, type WireError } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';
import type { ByteRange, ByteSource, ReadableArtifact, TableRows, TaskAccess } from './step-task.js';

/** The Runtime's doors for one attempt: hydration, objects and tools, each with the attempt's token. They shut, and what flows through them breaks off, when `signal` says that the attempt is over. */
export function runtimeAccess(channels: Channels, dispatch: StepDispatch, progress: (value: { [key: string]: Json }) => void, signal: AbortSignal): TaskAccess {
  const { token, attempt } = dispatch;
  return {
    async read(reference) {
      shut(signal);
      const { artifact, ticket_url, table, masked } = await channels.request('runtime.hydrate', {}, { token, attempt, reference }, { timeoutMs: 30_000 });
      if (artifact.external !== undefined) return external(artifact, ticket_url, table, signal);
      return { ...readable(artifact, ticket_url, signal), ...(masked === true ? {} : knownHash(artifact)) };
    },
    async write(source, { mediaType }) {
      shut(signal);
      const { ticket_url } = await channels.request('runtime.object.grant', {}, { token, attempt, media_type: mediaType }, { timeoutMs: 30_000 });
      return putObject(ticket_url, source, mediaType, signal);
    },
    async tool(tool, request) {
      shut(signal);
      return (await channels.request('runtime.tool.invoke', {}, { token, attempt, tool, request }, { timeoutMs: 30_000 })).response;
    },
    progress,
  };
}

/** Why the attempt is over. */
const overError = ({ reason }: AbortSignal): Error => (reason instanceof PlatformError ? reason : failure('execution.cancelled', { message: 'the attempt is over: its result can no longer count' }));

function shut(signal: AbortSignal): void {
  if (signal.aborted) throw overError(signal);
}

/** A sealed object is named by what is stored, not by what is read. */
export const knownHash = ({ object }: ReadableArtifact['artifact']): { hash?: string } => (object === undefined || object.sealed !== undefined ? {} : { hash: object.hash });

function readable(artifact: ReadableArtifact['artifact'], ticketUrl: string | undefined, signal: AbortSignal): ReadableArtifact {
  const stream = async (range?: ByteRange): Promise<AsyncIterable<Uint8Array>> => (ticketUrl === undefined ? inlineBytes(artifact.content ?? null, range) : getObject(ticketUrl, range, signal));
  const bytes = async (range?: ByteRange): Promise<Uint8Array> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await stream(range)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  return { artifact, stream, bytes, json: async () => (ticketUrl === undefined ? (artifact.content ?? null) : (JSON.parse(Buffer.from(await bytes()).toString('utf8')) as Json)) };
}

/** What stays outside has no bytes here: a table is asked for rows through its connector's ticket. */
function external(artifact: ReadableArtifact['artifact'], ticketUrl: string | undefined, table: ExternalTable | undefined, signal: AbortSignal): ReadableArtifact {
  if (table === undefined && ticketUrl !== undefined) return outsideObject(artifact, ticketUrl, signal);
  const none = (): Promise<never> => Promise.reject(failure('reference.external', { details: { reference: artifact.artifact_id } }));
  const asked = ticketUrl === undefined || table === undefined ? {} : { table: { ...table, rows: (query: TableQuery) => tableRows(ticketUrl, query, signal) } };
  return { artifact, json: none, bytes: none, stream: none, ...asked };
}

/** An object outside, read whole and once; hashed on its way where its hash was recorded. */
function outsideObject(artifact: ReadableArtifact['artifact'], url: string, signal: AbortSignal): ReadableArtifact {
  const stream = async (range?: ByteRange): Promise<AsyncIterable<Uint8Array>> => {
    if (range !== undefined) throw failure('reference.external', { message: 'external data is read whole' });
    const outside = unbroken(await answerTo(open(url, 'GET', {}, signal).end(), signal), signal);
    const recorded = artifact.external?.content_hash;
    return recorded === undefined ? outside : intactStream(outside, recorded, () => failure('reference.changed', { message: 'the bytes outside are others than when they were described' }));
  };
  const bytes = async (range?: ByteRange): Promise<Uint8Array> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await stream(range)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  return { artifact, stream, bytes, json: async () => JSON.parse(Buffer.from(await bytes()).toString('utf8')) as Json };
}

async function tableRows(url: string, query: TableQuery, signal: AbortSignal): Promise<TableRows> {
  const response = await answerTo(open(url, 'POST', { 'content-type': 'application/json' }, signal).end(JSON.stringify(query)), signal);
  return { asOf: String(response.headers['x-as-of'] ?? ''), bytes: unbroken(response, signal) };
}

/** A connection that breaks before the end is the outside's failure, and may pass. */
async function* unbroken(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    shut(signal);
    throw failure('connector.unavailable', { message: 'the outside system, or its connector, broke off while rows were read', cause: error });
  }
}

async function* inlineBytes(content: Json, range: ByteRange | undefined): AsyncIterable<Uint8Array> {
  const whole = new TextEncoder().encode(canonicalJson(content));
  yield await Promise.resolve(range === undefined ? whole : whole.subarray(range.start, range.end));
}

async function getObject(url: string, range: ByteRange | undefined, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  if (range !== undefined && range.end <= range.start) return Readable.from([]);
  const headers: Record<string, string> = range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` };
  const response = await answerTo(open(url, 'GET', headers, signal).end(), signal);
  if (range === undefined || response.statusCode === 206) return whileAwaited(response, signal);
  response.destroy();
  throw failure('runtime.unavailable', { message: 'the object endpoint does not answer with the range it was asked for' });
}

async function* whileAwaited(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    shut(signal);
    throw error;
  }
}

async function putObject(url: string, source: ByteSource, mediaType: string, signal: AbortSignal): Promise<ObjectRef> {
  const call = open(url, 'PUT', { 'content-type': mediaType }, signal);
  const answering = answerTo(call, signal);
  answering.catch(() => undefined);
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    if (!call.write(chunk)) await Promise.race([once(call, 'drain'), answering]);
  }
  call.end();
  const { hash, size, sealed } = JSON.parse(await textOf(await answering)) as Omit<ObjectRef, 'media_type'>;
  return { hash, size, media_type: mediaType, ...(sealed === undefined ? {} : { sealed }) };
}

const open = (url: string, method: string, headers: Record<string, string>, signal: AbortSignal): ClientRequest => (url.startsWith('https:') ? httpsRequest : httpRequest)(url, { method, headers, signal });

/** The response, when it is a success; else the error it carries. */
async function answerTo(call: ClientRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    call.once('response', resolve);
    call.once('error', (error) => reject(signal.aborted ? overError(signal) : failure('runtime.unavailable', { message: 'the object endpoint does not answer', cause: error })));
  });
  if ((response.statusCode ?? 500) < 300) return response;
  throw objectError(response.statusCode ?? 500, await textOf(response));
}

/** The endpoint's own error; a body that is none (a proxy's page, say) is told by its status only. */
function objectError(status: number, body: string): Error {
  const told = wireError.safeParse(parsed(body));
  if (told.success) return fromWireError(told.data as WireError);
  const message = `the object endpoint answered ${status}`;
  return status >= 500 ? failure('runtime.unavailable', { message }) : failure('object.ticket_invalid', { message });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}
