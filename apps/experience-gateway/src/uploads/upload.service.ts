import { Inject, Injectable } from '@nestjs/common';
import { type Caller, failure, isEnded, type ObjectRef, type SubjectReply } from '@symphainy/contracts';
import { asPlatformError, PlatformError, sealStream, type Json } from '@symphainy/kernel';
import { ObjectTooLargeError, type ObjectStore } from '@symphainy/ports';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { z } from 'zod';
import type { uploaded } from '../routes/artifacts.operations.js';
import { OBJECTS } from './objects.token.js';
import type { UploadForm } from './upload-form.js';

/** The step, artifact and signal of every upload execution. */
const STEP = 'receive';
const NAME = 'file';
const SIGNAL = 'uploaded';

const ATTEMPTS = 5;
const PAUSE_MS = 300;
/** How long the record of an upload may take once its bytes are stored. */
const RECORD_MS = 15_000;

type Stored = Omit<ObjectRef, 'media_type'>;
type View = SubjectReply<'runtime.execution.read'>;
export type Uploaded = z.infer<typeof uploaded>;

/**
 * Brings a file in: the Runtime's grant first (an accepted `runtime.upload` intent), then the bytes, then the signal that records them.
 * Whatever goes wrong on the way cancels the execution with its reason, and no bytes stay.
 */
@Injectable()
export class UploadService {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(OBJECTS) private readonly objects: ObjectStore,
  ) {}

  async receive(caller: Caller, form: UploadForm, correlationId: string): Promise<Uploaded> {
    const grant = await this.grant(caller, form, correlationId);
    const stored = await this.stored(caller, form, grant).catch((error: unknown) => this.abandon(caller, grant.execution_id, error));
    const execution = await this.recorded(caller, form, grant.execution_id, stored);
    if (execution.status !== 'completed') throw failedUpload(execution);
    return { reference: `${grant.execution_id}/${STEP}/${NAME}`, execution_id: grant.execution_id, filename: form.filename, hash: stored.hash, size: stored.size, media_type: form.mediaType };
  }

  private grant(caller: Caller, form: UploadForm, correlationId: string): Promise<SubjectReply<'runtime.upload.grant'>> {
    return this.host.channels.request('runtime.upload.grant', {}, {
      caller,
      session_id: form.session_id,
      filename: form.filename,
      media_type: form.mediaType,
      ...(form.size === undefined ? {} : { declared_size: form.size }),
      ...(form.classification === undefined ? {} : { classification: form.classification }),
      ...(form.subject === undefined ? {} : { subject: form.subject }),
      ...(form.subject_column === undefined ? {} : { subject_column: form.subject_column }),
      correlation_id: correlationId,
    });
  }

  private async stored(caller: Caller, form: UploadForm, grant: SubjectReply<'runtime.upload.grant'>): Promise<Stored> {
    if (form.size !== undefined && form.size > grant.max_bytes) throw tooLarge(grant);
    try {
      const stored = await this.put(caller, form, grant);
      if (form.size !== undefined && stored.size !== form.size) throw failure('upload.interrupted', { message: `${stored.size} bytes came, ${form.size} were announced`, field: '/size' });
      return stored;
    } catch (error) {
      if (error instanceof ObjectTooLargeError) throw tooLarge(grant);
      if (form.brokenOff() || isInterruption(error)) throw failure('upload.interrupted', { cause: error });
      throw error;
    }
  }

  /** Bytes that are somebody's are sealed on their way in: the store never sees them. */
  private async put(caller: Caller, form: UploadForm, { seal, max_bytes }: SubjectReply<'runtime.upload.grant'>): Promise<Stored> {
    if (seal === undefined) return this.objects.put(caller.tenant_id, notEmpty(form.bytes), { maxBytes: max_bytes });
    const plain = counted(notEmpty(form.bytes), max_bytes);
    const { hash } = await this.objects.put(caller.tenant_id, sealStream(Buffer.from(seal.key, 'base64url'), plain.bytes));
    return { hash, size: plain.size(), sealed: seal.sealed };
  }

  private async abandon(caller: Caller, execution_id: string, error: unknown): Promise<never> {
    const known = asPlatformError(error);
    try {
      await this.host.channels.request('runtime.execution.cancel', {}, { caller, execution_id, reason: `${known.code}: ${known.message}`.slice(0, 500) });
    } catch (cause) {
      this.host.logger.warn({ execution_id, code: known.code, err: cause }, 'an upload that failed could not be cancelled; its wait runs out by itself');
    }
    if (known !== error) this.host.logger.error({ execution_id, err: error }, 'storing an upload failed unexpectedly');
    throw withExecution(known, execution_id);
  }

  /** The signal may be lost with its runtime: it is sent again until the execution says that it has it. */
  private async recorded(caller: Caller, form: UploadForm, execution_id: string, stored: Stored): Promise<View> {
    const summary = { filename: form.filename, size: stored.size };
    const object = { ...stored, media_type: form.mediaType };
    const artifact = { name: NAME, artifact_type: 'runtime.file', media_type: form.mediaType, object, summary, ...(form.classification === undefined ? {} : { classification: form.classification }) };
    const data = { output: { reference: `${execution_id}/${STEP}/${NAME}`, ...object, filename: form.filename }, artifacts: [artifact] };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.ended(caller, await this.host.channels.request('runtime.execution.signal', {}, { caller, execution_id, signal: SIGNAL, data }));
      } catch (error) {
        if (hasItAlready(error)) return this.ended(caller, await this.read(caller, execution_id));
        if (attempt === ATTEMPTS || !isPassing(error)) throw withExecution(asPlatformError(error), execution_id);
        await this.pause(attempt * PAUSE_MS);
      }
    }
  }

  private async ended(caller: Caller, first: View): Promise<View> {
    const deadline = this.host.clock.monotonic() + RECORD_MS;
    let view = first;
    for (let pauseMs = 10; !isEnded(view.status); pauseMs = Math.min(PAUSE_MS, pauseMs * 2)) {
      if (this.host.clock.monotonic() > deadline) throw failure('wait.elapsed', { message: 'the file is stored, its record is still under way', details: { execution_id: view.execution_id } });
      await this.pause(pauseMs);
      view = await this.read(caller, view.execution_id);
    }
    return view;
  }

  private read(caller: Caller, execution_id: string): Promise<View> {
    return this.host.channels.request('runtime.execution.read', {}, { caller, execution_id });
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.host.clock.after(ms, resolve));
  }
}

/** Bytes counted as they pass; more than `max` rejects with ObjectTooLargeError. */
function counted(source: AsyncIterable<Uint8Array>, max: number): { readonly bytes: AsyncIterable<Uint8Array>; size(): number } {
  let size = 0;
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > max) throw new ObjectTooLargeError('the file is larger than its grant allows');
      yield chunk;
    }
  };
  return { bytes: bytes(), size: () => size };
}

async function* notEmpty(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let any = false;
  for await (const chunk of bytes) {
    any ||= chunk.length > 0;
    yield chunk;
  }
  if (!any) throw failure('upload.empty', { field: '/file' });
}

const tooLarge = ({ max_bytes, limited_by }: Pick<SubjectReply<'runtime.upload.grant'>, 'max_bytes' | 'limited_by'>): PlatformError =>
  failure(limited_by === 'quota' ? 'upload.quota_exceeded' : 'upload.too_large', { message: `the file is larger than the ${max_bytes} bytes this upload may bring`, field: '/file', details: { max_bytes } });

/** busboy’s words for a form whose end never came. */
const isInterruption = (error: unknown): boolean => /terminated early|unexpected end/i.test(String((error as { message?: unknown } | null)?.message));

const isPassing = (error: unknown): boolean => error instanceof PlatformError && error.retry.mode === 'retryable';

const hasItAlready = (error: unknown): boolean => error instanceof PlatformError && (error.code === 'execution.not_waiting' || error.code === 'execution.ended');

const withExecution = (error: PlatformError, execution_id: string): PlatformError => {
  const { code, kind, message, retry, field, fix, details } = error;
  return new PlatformError({ code, kind, message, retry, ...(field === undefined ? {} : { field }), ...(fix === undefined ? {} : { fix }), details: { ...details, execution_id } as Record<string, Json>, cause: error });
};

const failedUpload = (view: View): PlatformError =>
  view.error === undefined
    ? failure('execution.cancelled', { message: `the upload’s execution is ${view.status}`, details: { execution_id: view.execution_id } })
    : withExecution(new PlatformError({ ...view.error, cause: undefined } as ConstructorParameters<typeof PlatformError>[0]), view.execution_id);
