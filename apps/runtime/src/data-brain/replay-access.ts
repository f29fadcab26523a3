import { failure, type Artifact, type AttemptRef, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { hashOf, type Clock } from '@symphainy/kernel';
import type { ObjectStore } from '@symphainy/ports';
import type { Channels } from '@symphainy/service-host';
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import { joint } from '../personal-data/sealed-values.js';
import type { ReplayTokens } from '../dispatch/replay-tokens.js';
import type { ExecutionState, RecordOf } from '@symphainy/execution';
import { accessTo, maskedViewOf, seenArtifact, type ArtifactAccess } from './masking.js';
import type { ObjectTickets } from './object-tickets.js';
import { answerOf, RecordedAnswers } from './tool-answers.js';

type Hydrate = SubjectRequest<'runtime.hydrate'>;
type Invoke = SubjectRequest<'runtime.tool.invoke'>;

/** One step being run again: what it may read, and what it asked for that a replay cannot give. */
export interface ReplayRun {
  readonly attempt: AttemptRef;
  /** References that the recorded attempt hydrated. */
  readonly references: ReadonlySet<string>;
  /** Of the recorded attempt, before its result. */
  readonly sealedUnder: readonly string[] | undefined;
  readonly boundary: ExecutionState['boundary'];
  /** Of the tools that the recorded attempt asked. */
  readonly answers: RecordedAnswers;
  /** It called a tool, whose answer is not recorded, or read what stays outside, which is not as it was. */
  usedTool: boolean;
  /** What it read is no longer in the object store. */
  metErased: boolean;
  /** It asked for something that the recorded attempt had not asked for. */
  strayed: '/references' | '/tools' | undefined;
}

export interface ReplayAccessParts {
  readonly tokens: ReplayTokens;
  readonly tickets: ObjectTickets;
  readonly artifacts: ArtifactFinder;
  readonly objects: ObjectStore;
  readonly reader: WalReader;
  readonly personal: PersonalData;
  readonly channels: Channels;
  readonly clock: Clock;
  readonly instance: string;
  readonly url: () => string;
}

const TICKET_MS = 5 * 60_000;
const FORWARD_TIMEOUT_MS = 25_000;
const MAX_OBJECT_BYTES = 8 * 1024 ** 3;

/**
 * The sandbox of a step that is run again. It reads what the recorded attempt read, and nothing more; tools answer what they answered; what it writes is hashed and thrown away. Nothing
 * is recorded: a replay leaves no trace in the stream it replays.
 */
export class ReplayAccess {
  private readonly runs = new Map<string, ReplayRun>();

  constructor(private readonly parts: ReplayAccessParts) {}

  open(run: string, attempt: AttemptRef, given: Pick<ReplayRun, 'references' | 'sealedUnder' | 'boundary'> & { readonly tools: readonly RecordOf<'tool_invoked'>[] }): ReplayRun {
    const { references, sealedUnder, boundary, tools } = given;
    const opened: ReplayRun = { attempt, references, sealedUnder, boundary, answers: new RecordedAnswers(tools), usedTool: false, metErased: false, strayed: undefined };
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
  async grantObject(request: SubjectRequest<'runtime.object.grant'>): Promise<SubjectReply<'runtime.object.grant'>> {
    this.bearer(request);
    const { tenant_id, execution_id } = request.attempt;
    const sealedUnder = this.runs.get(this.bearer(request).run)?.sealedUnder ?? (await foldStream(this.parts.reader, tenant_id, execution_id))?.state.sealedUnder;
    const seal = sealedUnder === undefined ? {} : { seal_under: joint(sealedUnder) };
    const ticket = this.parts.tickets.mint({ tenant_id, execution_id, does: 'put', scratch: true, media_type: request.media_type, expires_at: this.parts.clock.now() + TICKET_MS, max_bytes: MAX_OBJECT_BYTES, ...seal });
    return { ticket_url: `${this.parts.url()}/objects?ticket=${ticket}` };
  }

  async ownHydrate(request: Hydrate): Promise<SubjectReply<'runtime.hydrate'>> {
    const run = this.runOf(request);
    const { attempt, reference } = request;
    if (!run.references.has(reference)) {
      run.strayed ??= '/references';
      throw failure('replay.refused', { message: `the recorded attempt did not read ${reference}` });
    }
    const found = await this.found(attempt, reference, run.boundary);
    if (found === undefined) {
      run.metErased = true;
      throw failure('object.missing', { details: { reference } });
    }
    const { artifact, access } = found;
    if (artifact.external !== undefined) run.usedTool = true;
    const told = access === 'plain' ? { artifact } : { artifact, masked: true as const };
    if (artifact.object === undefined) return told;
    const ticket = this.parts.tickets.mintRead(attempt, artifact.object, this.parts.clock.now() + TICKET_MS, maskedViewOf(access));
    return { ...told, ticket_url: `${this.parts.url()}/objects?ticket=${ticket}` };
  }

  /** In plain; undefined: it is gone. */
  private async found({ tenant_id }: AttemptRef, reference: string, boundary: ExecutionState['boundary']): Promise<{ readonly artifact: Artifact; readonly access: ArtifactAccess } | undefined> {
    const { artifacts, objects, personal } = this.parts;
    const artifact = (await artifacts.find(tenant_id, reference))?.artifact;
    if (artifact?.object !== undefined && (await objects.stat(tenant_id, artifact.object.hash)) === undefined) return undefined;
    if (artifact?.object?.sealed !== undefined && (await personal.keys.destroyed(tenant_id, artifact.object.sealed.keys)).length > 0) return undefined;
    if (artifact === undefined) return undefined;
    const access = accessTo(boundary, artifact.classification, artifact);
    if (access === 'masked' || access === 'withheld') return { artifact: seenArtifact(artifact, 'masked'), access };
    let erased = false;
    const opened = await personal.open({ tenantId: tenant_id, executionId: artifact.execution_id }, artifact, () => (erased = true));
    return erased ? undefined : { artifact: seenArtifact(opened, access), access };
  }

  /** What the recorded attempt was answered when it asked the same. */
  async ownInvoke(request: Invoke): Promise<SubjectReply<'runtime.tool.invoke'>> {
    const run = this.runOf(request);
    const recorded = run.answers.take(request.tool, hashOf(request.request));
    if (recorded === undefined) {
      run.strayed ??= '/tools';
      throw failure('replay.refused', { message: `the recorded attempt did not ask ${request.tool} for this` });
    }
    const answer = await answerOf(this.parts.objects, request.attempt.tenant_id, recorded);
    if (typeof answer === 'object') return answer;
    if (answer === 'erased') run.metErased = true;
    else run.usedTool = true;
    throw failure('replay.refused', { message: `the answer of ${request.tool} is ${answer === 'erased' ? 'no longer there' : 'not recorded'}` });
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
