import { Readable } from 'node:stream';
import { MAX_INLINE_BYTES, type Json } from '@symphainy/contracts';
import type { RecordOf } from '@symphainy/execution';
import { canonicalJson, fromWireError, sha256Hex, utf8 } from '@symphainy/kernel';
import { ObjectMissingError, type ObjectStore } from '@symphainy/ports';

type Invoked = RecordOf<'tool_invoked'>;

/** An answer as it is recorded: inline when it is small, else by its object, which is stored when this resolves. */
export async function recordedAnswer(objects: ObjectStore, tenantId: string, response: Json): Promise<Pick<Invoked, 'response' | 'response_hash' | 'object'>> {
  const bytes = utf8(canonicalJson(response));
  const response_hash = sha256Hex(bytes);
  if (bytes.length <= MAX_INLINE_BYTES) return { response, response_hash };
  const { hash, size } = await objects.put(tenantId, Readable.from([bytes]));
  return { response_hash, object: { hash, size, media_type: 'application/json' } };
}

/** The answer that was recorded; throws what the tool threw. `unrecorded`: from before answers were kept; `erased`: its object is gone. */
export async function answerOf(objects: ObjectStore, tenantId: string, { response, object, error }: Invoked): Promise<{ readonly response: Json } | 'unrecorded' | 'erased'> {
  if (error !== undefined) throw fromWireError(error);
  if (response !== undefined) return { response };
  if (object === undefined) return 'unrecorded';
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await objects.get(tenantId, object.hash)) as AsyncIterable<Uint8Array>) chunks.push(chunk);
    return { response: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json };
  } catch (problem) {
    if (problem instanceof ObjectMissingError) return 'erased';
    throw problem;
  }
}

/** Answers of one attempt's tools, each given once to whoever asks the same, in the order they were given first. */
export class RecordedAnswers {
  private readonly left = new Map<string, Invoked[]>();

  constructor(invoked: readonly Invoked[]) {
    for (const record of invoked) this.left.set(nameOf(record), [...(this.left.get(nameOf(record)) ?? []), record]);
  }

  take(tool: string, requestHash: string): Invoked | undefined {
    return this.left.get(nameOf({ tool, request_hash: requestHash }))?.shift();
  }
}

const nameOf = ({ tool, request_hash }: Pick<Invoked, 'tool' | 'request_hash'>): string => `${tool} ${request_hash}`;
