import { failure, type AttemptRef, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import type { Clock } from '@symphainy/kernel';
import type { ObjectStore } from '@symphainy/ports';
import type { Channels } from '@symphainy/service-host';
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { ReplayTokens } from '../dispatch/replay-tokens.js';
import type { ObjectTickets } from './object-tickets.js';

type Hydrate = SubjectRequest<'runtime.hydrate'>;
type Invoke = SubjectRequest<'runtime.tool.invoke'>;

/** One step being run again: what it may read, and what it asked for that a replay cannot give. */
export interface ReplayRun {
  readonly attempt: AttemptRef;
  /** References that the recorded attempt hydrated. */
  readonly references: ReadonlySet<string>;
  /** It called a tool, whose answer is not recorded. */
  usedTool: boolean;
  /** What it read is no longer in the object store. */
  metErased: boolean;
  /** It read something that the recorded attempt had not read. */
  strayed: string | undefined;
}

export interface ReplayAccessParts {
  readonly tokens: ReplayTokens;
  readonly tickets: ObjectTickets;
  readonly artifacts: ArtifactFinder;
  readonly objects: ObjectStore;
  readonly channels: Channels;
  readonly clock: Clock;
  readonly instance: string;
  readonly url: () => string;
}

const TICKET_MS = 5 * 60_000;
const FORWARD_TIMEOUT_MS = 25_000;
const MAX_OBJECT_BYTES = 8 * 1024 ** 3;

/**
 * The sandbox of a step that is run again. It reads what the recorded attempt read, and nothing more; tools are refused; what it writes is hashed and thrown away. Nothing
 * is recorded: a replay leaves no trace in the stream it replays.
 */
export class ReplayAccess {
  private readonly runs = new Map<string, ReplayRun>();

  constructor(private readonly parts: ReplayAccessParts) {}

  open(run: string, attempt: AttemptRef, references: ReadonlySet<string>): ReplayRun {
    const opened: ReplayRun = { attempt, references, usedTool: false, metErased: false, strayed: undefined };
    this.runs.set(run, opened);
    return opened;
  }

  close(run: string): void {
    this.runs.delete(run);
  }

  hydrate(request: Hydrate): Promise<SubjectReply<'runtime.hydrate'>> {
    const { writer } = this.bearer(request);
    return writer === this.parts.instance ? this.ownHydrate(request) : this.forward<'runtime.hydrate'>(writer, { command: 'hydrate', ...request });
  }

  invoke(request: Invoke): Promise<SubjectReply<'runtime.tool.invoke'>> {
    const { writer } = this.bearer(request);
    return writer === this.parts.instance ? this.ownInvoke(request) : this.forward<'runtime.tool.invoke'>(writer, { command: 'tool', ...request });
  }

  /** Bytes are taken, hashed and dropped, wherever they arrive. */
  grantObject(request: SubjectRequest<'runtime.object.grant'>): SubjectReply<'runtime.object.grant'> {
    this.bearer(request);
    const { tenant_id, execution_id } = request.attempt;
    const ticket = this.parts.tickets.mint({ tenant_id, execution_id, does: 'put', scratch: true, media_type: request.media_type, expires_at: this.parts.clock.now() + TICKET_MS, max_bytes: MAX_OBJECT_BYTES });
    return { ticket_url: `${this.parts.url()}/objects?ticket=${ticket}` };
  }

  async ownHydrate(request: Hydrate): Promise<SubjectReply<'runtime.hydrate'>> {
    const run = this.runOf(request);
    const { attempt, reference } = request;
    if (!run.references.has(reference)) {
      run.strayed ??= reference;
      throw failure('replay.refused', { message: `the recorded attempt did not read ${reference}` });
    }
    const artifact = (await this.parts.artifacts.find(attempt.tenant_id, reference))?.artifact;
    if (artifact?.object === undefined && artifact !== undefined) return { artifact };
    if (artifact?.object === undefined || (await this.parts.objects.stat(attempt.tenant_id, artifact.object.hash)) === undefined) {
      run.metErased = true;
      throw failure('object.missing', { details: { reference } });
    }
    const { hash, media_type } = artifact.object;
    const ticket = this.parts.tickets.mint({ tenant_id: attempt.tenant_id, execution_id: attempt.execution_id, does: 'get', hash, media_type, expires_at: this.parts.clock.now() + TICKET_MS });
    return { artifact, ticket_url: `${this.parts.url()}/objects?ticket=${ticket}` };
  }

  ownInvoke(request: Invoke): Promise<SubjectReply<'runtime.tool.invoke'>> {
    this.runOf(request).usedTool = true;
    return Promise.reject(failure('replay.refused', { message: `the answer of ${request.tool} is not recorded` }));
  }

  private bearer({ token, attempt }: { readonly token: string; readonly attempt: AttemptRef }): { writer: string; run: string } {
    return this.parts.tokens.verify(token, attempt, this.parts.clock.now());
  }

  private runOf(request: { readonly token: string; readonly attempt: AttemptRef }): ReplayRun {
    const run = this.runs.get(this.bearer(request).run);
    if (run === undefined) throw failure('token.expired');
    return run;
  }

  private forward<S extends 'runtime.hydrate' | 'runtime.tool.invoke'>(instance: string, command: SubjectRequest<'runtime.instance.{instance}.command'>): Promise<SubjectReply<S>> {
    return this.parts.channels.request('runtime.instance.{instance}.command', { instance }, command, { timeoutMs: FORWARD_TIMEOUT_MS }) as unknown as Promise<SubjectReply<S>>;
  }
}
