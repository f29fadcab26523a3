import { failure, type Artifact, type WalRecord } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { streamPages } from '../acceptance/stream-fold.js';
import { acceptanceIn, sourcesOf, type Acceptance } from './graph-records.js';

/** A step as an account of its execution tells it. */
export interface AccountedStep {
  readonly step: string;
  readonly startedAt: string;
  endedAt?: string;
  failed?: string;
  build?: string;
  model?: string;
  readonly used: Map<string, string>;
  readonly made: Artifact[];
}

/** What lineage formats tell of an execution, gathered from its stream. */
export interface ExecutionAccount {
  readonly tenantId: string;
  readonly executionId: string;
  readonly acceptance: Acceptance;
  readonly steps: readonly AccountedStep[];
  readonly end?: { readonly at: string; readonly how: 'completed' | 'failed' | 'stopped'; readonly message?: string };
  /** Artifacts of other executions that it read, or was made from, as far as they are known. */
  readonly sources: ReadonlyMap<string, Artifact>;
}

const ENDS: { readonly [T in WalRecord['type']]?: 'completed' | 'failed' | 'stopped' } = { execution_completed: 'completed', execution_failed: 'failed', intent_rejected: 'failed', execution_cancelled: 'stopped', execution_terminated: 'stopped' };

/** Throws `execution.not_found`. */
export async function accountOf({ reader, artifacts }: { readonly reader: WalReader; readonly artifacts: ArtifactFinder }, tenantId: string, executionId: string): Promise<ExecutionAccount> {
  const gathering = new Gathering();
  for await (const page of streamPages(reader, tenantId, executionId)) {
    if (page[0]?.kind !== 'execution') break;
    for (const frame of page) {
      const records = decodeBody(frame.body);
      if (frame.seq === 0) gathering.acceptance = acceptanceIn(records);
      for (const record of records) gathering.record(record);
    }
  }
  const { acceptance, end } = gathering;
  if (acceptance === undefined) throw failure('execution.not_found');
  const steps = [...gathering.steps.values()];
  const sources = new Map<string, Artifact>();
  for (const id of new Set(steps.flatMap(({ used, made }) => [...used.keys(), ...made.flatMap(sourcesOf)]))) {
    const found = id.startsWith(`${executionId}/`) ? undefined : await artifacts.find(tenantId, id);
    if (found !== undefined) sources.set(id, found.artifact);
  }
  return { tenantId, executionId, acceptance, steps, sources, ...(end === undefined ? {} : { end }) };
}

class Gathering {
  acceptance: Acceptance | undefined;
  readonly steps = new Map<string, AccountedStep>();
  end: ExecutionAccount['end'];

  record(record: WalRecord): void {
    const how = ENDS[record.type];
    if (how !== undefined) this.end = { at: record.at, how, ...('error' in record && record.error !== undefined ? { message: record.error.message } : 'reason' in record ? { message: String(record.reason) } : {}) };
    switch (record.type) {
      case 'step_started':
        this.step(record.step, record.at);
        return;
      case 'reference_hydrated':
        this.step(record.step, record.at).used.set(record.reference, record.at);
        return;
      case 'agent_output':
        this.step(record.step, record.at).model = record.model;
        return;
      case 'chunk_completed':
        this.step(record.step, record.at).made.push(...[record.results, record.failures].filter((one) => one !== undefined));
        return;
      case 'step_completed':
        Object.assign(this.step(record.step, record.at), { endedAt: record.at, build: record.handler_build });
        this.step(record.step, record.at).made.push(...record.artifacts);
        return;
      case 'step_failed':
        Object.assign(this.step(record.step, record.at), { endedAt: record.at, failed: record.error.message });
        return;
      case 'reopened':
        this.end = undefined;
        return;
      default:
    }
  }

  private step(step: string, startedAt: string): AccountedStep {
    const known = this.steps.get(step) ?? { step, startedAt, used: new Map<string, string>(), made: [] };
    this.steps.set(step, known);
    return known;
  }
}
