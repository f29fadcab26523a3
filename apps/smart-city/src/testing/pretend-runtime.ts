import type { CommittedFrame, Frame, SignedBundle, StepDispatch, StepOutcome, SubjectRequest, SubjectReply, SubscribedFrame, VerificationKeys, WalRecord } from '@symphainy/contracts';
import { failure, keyInList, NO_REALM, signedBundle, subjectFor } from '@symphainy/contracts';
import { isoTime, systemClock, uuidV7Source, type Json } from '@symphainy/kernel';
import type { Bus } from '@symphainy/ports';
import { type Channels, decodeJson, encodeJson } from '@symphainy/service-host';

type Submission = SubjectRequest<'runtime.intent.submit'>;

/**
 * As much of a runtime as Smart City meets: it takes intents, has their one step run over the bus, and sends the committed frame back as
 * `smart-city.records` before or after it answers. It keeps what it was sent, and never decides policy.
 */
export class PretendRuntime {
  readonly submissions: Submission[] = [];
  readonly frames: Frame[] = [];
  readonly bundles: SignedBundle[] = [];
  readonly keys: VerificationKeys[] = [];
  /** Refuses intents with this code while it is set. */
  refusing: 'policy.no_bundle' | 'policy.denied' | undefined;
  /** Takes bundles without a word. */
  silent = false;
  /** The newest bundle that it was given. */
  private held: SignedBundle | undefined;
  private readonly ids = uuidV7Source(() => systemClock.now());
  private readonly instance = this.ids.next();
  private readonly waiting: { readonly met: () => boolean; readonly resolve: () => void }[] = [];

  constructor(
    private readonly channels: Channels,
    private readonly bus: Bus,
  ) {
    channels.subscribe('runtime.bundle.push', {}, (bundle) => this.take(signedBundle.parse(bundle)));
    channels.subscribe('gateway.keys.push', {}, (keys) => this.saw(() => this.keys.push(keys)));
  }

  /** Begins to take intents, as a runtime that has come up. */
  serve(): void {
    this.channels.serve('runtime.session.create', {}, ({ caller, context }) =>
      Promise.resolve({ session_id: this.ids.next(), tenant_id: caller.tenant_id, user_id: caller.user_id, created_at: isoTime(systemClock.now()), context, active_sagas: [] }),
    );
    this.channels.serve('runtime.intent.submit', {}, (submission) => this.submit(submission));
    this.channels.serve('runtime.tool.invoke', {}, ({ request }) => Promise.resolve({ response: this.entryOf(String(request['list']), String(request['key'])) }));
  }

  /** As `governance.entry` tells it, the one tool that is asked here. */
  private entryOf(list: string, key: string): Json {
    const entries = (this.held?.bundle as unknown as Record<string, Json[] | undefined> | undefined)?.[list] ?? [];
    return entries.find((entry) => keyInList(list, entry) === key) ?? null;
  }

  /** Takes a bundle, and says so unless `silent`. */
  private take(bundle: SignedBundle): void {
    this.held = bundle;
    this.saw(() => this.bundles.push(bundle));
    if (!this.silent) this.sayWhichBundle();
  }

  sayWhichBundle(): void {
    this.channels.publish('smart-city.health.{service}', { service: 'runtime' }, { service: 'runtime', instance: this.instance, status: 'ok', at: isoTime(systemClock.now()), detail: { bundle_version: this.bundles.at(-1)?.bundle.version ?? 0 } });
  }

  async register(capabilities: SubjectRequest<'smart-city.register.{service}.{realm}'>['capabilities'] = [], plane: SubjectRequest<'smart-city.register.{service}.{realm}'>['plane'] = 'runtime', realm?: string): Promise<SubjectReply<'smart-city.register.{service}.{realm}'>> {
    const service = { gateway: 'experience-gateway', realm: `realm-${realm ?? ''}`, runtime: 'runtime', 'smart-city': 'smart-city' }[plane];
    const answer = await this.channels.request('smart-city.register.{service}.{realm}', { service, realm: realm ?? NO_REALM }, { service, plane, instance: plane === 'runtime' ? this.instance : `${plane}-${realm ?? ''}`, build: 'test', ...(realm === undefined ? {} : { realm }), capabilities });
    if (answer.bundle !== undefined) this.held = signedBundle.parse(answer.bundle);
    return answer;
  }

  /** Has a governance intent run as a person of `tenant`, and its record sent back; resolves to what became of it. */
  perform(intent_type: string, payload: { [key: string]: Json }, tenant_id = 'platform'): Promise<SubjectReply<'runtime.intent.submit'>> {
    const caller = { tenant_id, user_id: 'admin', roles: [], auth: 'api_key' as const };
    return this.submit({ caller, submission: { intent_type, session_id: this.ids.next(), payload, metadata: {} }, correlation_id: 'test', wait_ms: 0 });
  }

  /** What Smart City wants, as it says to a runtime that begins. */
  async wants(): Promise<SubjectReply<'smart-city.records'>['wants']> {
    return (await this.deliver([])).wants;
  }

  /** Sends frames that were subscribed to. */
  send(frames: readonly SubscribedFrame[]): Promise<SubjectReply<'smart-city.events'>> {
    return this.channels.request('smart-city.events', {}, { frames: [...frames] });
  }

  deliver(frames: readonly Frame[]): Promise<SubjectReply<'smart-city.records'>> {
    const position = Object.fromEntries(frames.map((f) => [f.writer, f.n]));
    return this.channels.request('smart-city.records', {}, { frames: [...frames], position });
  }

  /** Resolves when the condition holds, looked at whenever something has arrived. */
  until(met: () => boolean): Promise<void> {
    return met() ? Promise.resolve() : new Promise((resolve) => this.waiting.push({ met, resolve }));
  }

  get bundle(): SignedBundle {
    const last = this.bundles.at(-1);
    if (last === undefined) throw new Error('no bundle was pushed yet');
    return last;
  }

  private async submit(request: Submission): Promise<SubjectReply<'runtime.intent.submit'>> {
    this.saw(() => this.submissions.push(request));
    if (this.refusing !== undefined) throw failure(this.refusing);
    const id = this.ids.next();
    const outcome = await this.runStep(request, id);
    const frame = this.frameOf(request, id, outcome);
    await this.deliver([frame]);
    const ok = outcome.result !== undefined;
    return { execution_id: id, session_id: request.submission.session_id, status: ok ? 'completed' : 'failed', duplicate: false, result: { execution_id: id, success: ok, artifacts: [], events: [], state_changes: outcome.result?.state_changes ?? [], execution_time_ms: 1, ...(outcome.result?.output === undefined ? {} : { output: outcome.result.output }), ...(outcome.error ? { error: outcome.error } : {}) } };
  }

  /** The first step, as the bundle has it. */
  private stepOf(intentType: string): string {
    return this.bundles.at(-1)?.bundle.capabilities.find((c) => c.name === intentType)?.saga.steps[0]?.name ?? 'record';
  }

  private runStep({ caller, submission }: Submission, id: string): Promise<StepOutcome> {
    const { tenant_id, user_id } = caller;
    const created_at = isoTime(systemClock.now());
    const intent = { intent_id: id, intent_type: submission.intent_type, realm: 'governance', session_id: submission.session_id, tenant_id, payload: submission.payload ?? {}, metadata: {}, created_at };
    const policy_context = { decision: 'permit' as const, verdicts: [], bundle_hash: '0'.repeat(64), bundle_version: 1 };
    const dispatch: StepDispatch = {
      attempt: { tenant_id, execution_id: id, step: this.stepOf(submission.intent_type), attempt: 1, epoch: 1 },
      capability: submission.intent_type,
      token: 'token',
      context: { execution_id: id, intent, session: { session_id: submission.session_id, tenant_id, user_id }, tenant_id, user_id, policy_context, correlation_id: 'test', created_at },
      inputs: {},
      deadline: isoTime(systemClock.now() + 10_000),
    };
    const reply = subjectFor('runtime.outcome.{instance}.{dispatch}', { instance: this.instance, dispatch: id });
    return new Promise((resolve) => {
      const subscription = this.bus.subscribe(reply, (message) => {
        subscription.unsubscribe();
        resolve(decodeJson(message.data) as StepOutcome);
      });
      this.bus.publish(subjectFor('governance.{tenant}.step', { tenant: tenant_id }), encodeJson(dispatch), { reply });
    });
  }

  private frameOf({ caller }: Submission, id: string, outcome: StepOutcome): Frame {
    const stamp = { at: isoTime(systemClock.now()), actor: `${caller.tenant_id}/${caller.user_id}` };
    const records: WalRecord[] = outcome.result
      ? [{ type: 'step_completed', ...stamp, step: 'record', attempt: 1, handler_build: outcome.handler_build, duration_ms: 1, artifacts: [], events: [], state_changes: outcome.result.state_changes }, { type: 'execution_completed', ...stamp }]
      : [{ type: 'execution_failed', ...stamp, error: outcome.error ?? { code: 'platform.internal', kind: 'platform', message: 'no outcome', retry: { mode: 'terminal' } } }];
    const shape: Omit<CommittedFrame, 'session_id'> = { tenant_id: caller.tenant_id, stream_id: id, seq: 1, kind: 'execution', at: stamp.at, hash: '0'.repeat(64), records };
    const frame: Frame = { ...shape, writer: this.instance, n: this.frames.length + 1 };
    this.frames.push(frame);
    return frame;
  }

  private saw(take: () => void): void {
    take();
    for (const waiter of this.waiting.splice(0)) {
      if (waiter.met()) waiter.resolve();
      else this.waiting.push(waiter);
    }
  }
}
