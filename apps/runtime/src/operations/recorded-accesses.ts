import type { SagaDefinition, WalRecord } from '@symphainy/contracts';
import { sagaStepNamed, type RecordOf } from '@symphainy/execution';

/** What an attempt was given beside its inputs, and what it said of itself. */
export interface Accesses {
  readonly references: ReadonlySet<string>;
  readonly tools: readonly RecordOf<'tool_invoked'>[];
  readonly agent: RecordOf<'agent_output'> | undefined;
}

interface Noted {
  readonly references: Set<string>;
  readonly tools: RecordOf<'tool_invoked'>[];
  agent?: RecordOf<'agent_output'>;
}

type Name = { readonly step: string; readonly attempt: number; readonly chunk?: number | undefined; readonly chunk_attempt?: number };

/** What attempts read and asked for before their result, kept until that comes. What the chunks of a map read is recorded once for all of them, and kept. */
export class RecordedAccesses {
  private readonly open = new Map<string, Noted>();
  private readonly ofMaps = new Map<string, Set<string>>();

  note(record: WalRecord, saga: SagaDefinition): void {
    if (record.type === 'tool_invoked') this.of(keyOf(record)).tools.push(record);
    else if (record.type === 'agent_output') this.of(keyOf(record)).agent = record;
    else if (record.type === 'reference_hydrated') this.read(record, sagaStepNamed(saga, record.step)?.kind === 'map');
  }

  take(name: Name): Accesses {
    const key = keyOf(name);
    const { references, tools, agent } = this.of(key);
    this.open.delete(key);
    return { references: this.ofMaps.get(name.step) ?? references, tools, agent };
  }

  private read({ step, attempt, reference }: RecordOf<'reference_hydrated'>, byMap: boolean): void {
    if (!byMap) return void this.of(keyOf({ step, attempt })).references.add(reference);
    this.ofMaps.set(step, (this.ofMaps.get(step) ?? new Set()).add(reference));
  }

  private of(key: string): Noted {
    const noted = this.open.get(key) ?? { references: new Set(), tools: [] };
    this.open.set(key, noted);
    return noted;
  }
}

/** The tries of a map's chunks count on their own. */
const keyOf = ({ step, attempt, chunk, chunk_attempt }: Name): string => `${step}/${chunk ?? ''}/${chunk_attempt ?? attempt}`;
