import { failure, type Caller, type GovernanceBundle, type PolicyFlip, type RedecisionReport, type SubjectRequest } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import { compileCandidate, redecide, withChanges, type CompiledBundle } from '@symphainy/governance';
import type { PlatformError } from '@symphainy/kernel';
import type { Database } from '@symphainy/store-postgres';
import { z } from 'zod';
import type { WalReader } from '../acceptance/log.ports.js';
import { pageOf, placeOf } from '../state-surface/cursor.js';
import type { DecidingBundles } from './deciding-bundles.js';
import { demandLeave } from './leave.js';
import { decisionIn, requestRecorded, type RecordedDecision } from './recorded-decision.js';

export interface RedecisionsParts {
  /** As the reader role. */
  readonly database: Database;
  readonly reader: WalReader;
  readonly bundles: DecidingBundles;
  /** The bundle in force; throws `policy.no_bundle`. */
  readonly current: () => CompiledBundle;
  /** Records the refusal, and gives the error to throw. */
  readonly refuse: (caller: Caller, what: string, error: PlatformError) => Promise<PlatformError>;
  readonly settle: () => Promise<boolean>;
}


interface FirstFrame {
  readonly execution_id: string;
  readonly created_at: string;
  readonly kind: string;
  readonly body: Uint8Array;
}

const place = z.tuple([z.iso.datetime(), z.uuid()]);

/** The policy time machine: recorded intents decided again, out of the log alone. Nothing runs and nothing is recorded. */
export class Redecisions {
  constructor(private readonly parts: RedecisionsParts) {}

  async redecide(request: SubjectRequest<'runtime.policy.redecide'>): Promise<RedecisionReport> {
    const current = this.parts.current();
    await demandLeave(this.parts.refuse, current, request.caller, 'redecide_policy');
    const { bundle_hash } = request.candidate;
    const base = bundle_hash === undefined || bundle_hash === current.hash ? current : await this.parts.bundles.compiled(bundle_hash);
    const candidate = compileCandidate(this.staged(request, current, base), request.candidate);
    await this.parts.settle();
    const { items, next } = await this.page(request);
    const flips: PolicyFlip[] = [];
    const counts = { considered: 0, equal: 0, shifted: 0 };
    for (const row of items) {
      const recorded = await this.recorded(request.caller.tenant_id, row);
      if (recorded === undefined) continue;
      counts.considered++;
      const again = await this.decideAgain(candidate, recorded);
      if (again.outcome === 'flip') flips.push({ ...about(row.execution_id, recorded), ...again.flip });
      else counts[again.outcome]++;
    }
    return { base: { bundle_hash: base.hash, bundle_version: base.version }, ...counts, flips, ...next };
  }

  /** The base with the changes of the staged candidate that is named: whoever may try policies learns what it would mean for its own tenant. */
  private staged({ candidate: { candidate_id } }: SubjectRequest<'runtime.policy.redecide'>, current: CompiledBundle, base: CompiledBundle): GovernanceBundle {
    if (candidate_id === undefined) return base.bundle;
    const found = current.bundle.candidates?.find((candidate) => candidate.candidate_id === candidate_id);
    if (found === undefined) throw failure('governance.invalid', { message: `no candidate ${candidate_id} is staged`, field: '/candidate/candidate_id' });
    return withChanges(base.bundle, found.changes);
  }

  /** Executions of the period, oldest first, refused ones among them, with their first frames. */
  private async page({ caller, from, to, limit, cursor }: SubjectRequest<'runtime.policy.redecide'>): Promise<{ items: FirstFrame[]; next: { next_cursor?: string } }> {
    const [at, id] = placeOf(cursor, place) ?? [null, null];
    const rows = await this.parts.database.asTenant(caller.tenant_id, (sql) =>
      sql.query<FirstFrame>(
        `select e.execution_id, e.created_at, f.kind, f.body from runtime.executions e join runtime.wal_frames f on f.tenant_id = $1 and f.stream_id = e.execution_id and f.seq = 0
         where e.tenant_id = $1 and e.created_at >= $2 and e.created_at < $3 and ($4::timestamptz is null or (e.created_at, e.execution_id) > ($4, $5::uuid))
         order by e.created_at, e.execution_id limit $6`,
        [caller.tenant_id, from, to, at, id, limit + 1],
      ),
    );
    return pageOf(rows, limit, (row) => row, (row) => [row.created_at, row.execution_id]);
  }

  /** Undefined when policy was never asked. A stream that went to the archive is read there. */
  private async recorded(tenantId: string, { execution_id, kind, body }: FirstFrame): Promise<RecordedDecision | undefined> {
    const first = kind === 'execution' ? body : (await this.parts.reader.readStream(tenantId, execution_id, 0, 1))[0]?.body;
    return first === undefined ? undefined : decisionIn(decodeBody(first));
  }

  private async decideAgain(compiled: CompiledBundle, { received, evaluated }: RecordedDecision): Promise<ReturnType<typeof redecide>> {
    const { intent } = received;
    const { decision } = evaluated;
    // A capability that the base no longer has is judged as it stood when the intent came.
    const capability = compiled.capability(intent.intent_type) ?? (await this.parts.bundles.compiled(decision.bundle_hash)).capability(intent.intent_type);
    if (capability === undefined) throw failure('policy.bundle_invalid', { message: `bundle ${decision.bundle_hash} holds no ${intent.intent_type}` });
    return redecide(compiled, requestRecorded({ received, evaluated }, capability), decision);
  }
}

const about = (executionId: string, { received: { intent, caller } }: RecordedDecision): Pick<PolicyFlip, 'execution_id' | 'intent_type' | 'user_id' | 'created_at'> => ({
  execution_id: executionId, intent_type: intent.intent_type, user_id: caller.user_id, created_at: intent.created_at,
});
