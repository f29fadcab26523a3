/**
 * `solution.write_rows`: rows of a table outside are changed. An effect, so it has a decision, a preview and (where policy says so) an approval of its own; it is meant to be a child of the
 * saga whose result it carries out.
 *
 * look (the rows as they are) → write (refused when one is not as it was; once for its key, before and after in the receipt). Undone by writing back what was, if nobody changed it since.
 */
import { connector, failure, type Json } from '@symphainy/contracts';
import { PlatformError } from '@symphainy/kernel';
import type { RowChange, RowValues, WriteReceipt, WrittenRow } from '@symphainy/ports';
import { defineCapability, effect, task, type CapabilityDefinition, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { writable, type ConnectorDesk } from './connectors/connector-desk.js';
import { connectorOf } from './external-data.js';

export type WriteDesk = Pick<ConnectorDesk, 'look' | 'write'>;

const cell = z.union([z.string().max(100_000), z.number(), z.boolean()]);
const rowKey = z.record(z.string().min(1).max(300), cell).refine((key) => Object.keys(key).length > 0, 'must name a row');
const values = z.record(z.string().min(1).max(300), cell.nullable()).refine((given) => Object.keys(given).length > 0, 'must set a column');
const change = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('insert'), key: rowKey, values }),
  z.strictObject({ do: z.literal('update'), key: rowKey, values }),
  z.strictObject({ do: z.literal('delete'), key: rowKey }),
]);
const payload = z.strictObject({
  binding: z.string().min(1).max(80).describe('the binding of a Solution that has a connector with `writes`'),
  table: z.string().min(1).max(200).describe('the table, as the binding lists it: <schema>.<table>'),
  changes: z.array(change).min(1).max(100).meta({ 'x-personal': { subject: '?/subject' } }).describe('all of them or none; a key names one row'),
  subject: z.string().min(1).max(200).meta({ format: 'data-subject' }).optional().describe('whose rows they are, where they are about a person: they are then recorded sealed'),
  reason: z.string().min(1).max(500).describe('why, for the approver and the auditor'),
});
type Write = StepTask<z.infer<typeof payload>>;

const row = z.record(z.string(), z.string().nullable()).nullable();
const lookedAt = z.object({ rows: z.array(row), connector });
const receipt = z.object({ at: z.string(), rows: z.array(z.object({ key: z.record(z.string(), z.string().nullable()), before: row, after: row })) });

const WRITE_TIMEOUT_MS = 120_000;

export const writeRows = (desk: WriteDesk): CapabilityDefinition =>
  defineCapability({
    intent: 'solution.write_rows',
    version: '1.0.0',
    description: 'Changes rows of a table of an outside system that a Solution binds: previewed, approved where policy says so, done once, with before and after in its receipt.',
    determinism: 'grounded',
    input: payload,
    output: receipt,
    tools: ['connector.settings'],
    saga: [
      task('look', (step: Write) => look(step, desk), { timeoutMs: 60_000 }),
      effect('write', {
        binding: 'connector', idempotent: true, timeoutMs: WRITE_TIMEOUT_MS, retry: { max_attempts: 5, initial_delay_ms: 500 },
        preview: (step: Write) => preview(step), run: (step: Write) => write(step, desk), compensate: (step: Write) => writeBack(step, desk),
      }),
    ],
  });

/** The rows as they are. What the binding does not let be written is refused here, before anybody is asked to approve it. */
async function look(step: Write, desk: WriteDesk): Promise<StepResultInput> {
  const { table, changes, binding } = step.payload;
  const settings = await connectorOf(step, binding);
  const { written } = writable(settings, table);
  for (const [index, one] of changes.entries()) {
    const column = [...('values' in one ? Object.keys(one.values) : []), ...(one.do === 'insert' ? Object.keys(one.key) : [])].find((name) => !written.includes(name));
    if (column !== undefined) throw failure('connector.not_allowed', { message: `the binding does not let the column ${column} be written`, field: `/changes/${index}` });
  }
  const rekeyed = changes.findIndex((one) => one.do === 'update' && Object.keys(one.values).some((column) => column in one.key));
  if (rekeyed >= 0) throw failure('connector.not_allowed', { message: 'a key is not changed: delete the row, and insert another', field: `/changes/${rekeyed}/values` });
  const rows = await desk.look(settings, table, changes.map(({ key }) => texts(key)));
  for (const [index, one] of changes.entries()) {
    if ((rows[index] === null) !== (one.do === 'insert')) throw failure('connector.row_changed', { message: one.do === 'insert' ? 'there is such a row already' : 'there is no such row', field: `/changes/${index}/key` });
  }
  return { output: { rows, connector: settings } as unknown as Json };
}

/** Row by row, what each column is and what it would be: only what differs. */
function preview({ payload: asked, inputs }: Write): Json {
  const { rows } = lookedAt.parse(inputs['look']);
  const { binding, table, reason } = asked;
  return { binding, table, reason, rows: asked.changes.map((one, at) => ({ do: one.do, key: one.key, columns: differences(rows[at] ?? null, afterOf(one)) })) } as unknown as Json;
}

function differences(before: RowValues | null, after: RowValues | null): { [column: string]: Json } {
  const columns = after === null ? Object.keys(before ?? {}) : Object.keys(after);
  return Object.fromEntries(columns.filter((column) => before === null || after === null || before[column] !== after[column]).map((column) => [column, { before: before?.[column] ?? null, after: after?.[column] ?? null }]));
}

async function write(step: Write, desk: WriteDesk): Promise<StepResultInput> {
  const { rows, connector: settings } = lookedAt.parse(step.inputs['look']);
  const changes = step.payload.changes.map((one, at): RowChange => ({ key: texts(one.key), before: rows[at] ?? null, after: afterOf(one) }));
  const done = await desk.write(step.effectKey, settings, step.payload.table, changes);
  return { output: done as unknown as Json, events: [{ type: 'solution.rows_written', data: { binding: step.payload.binding, table: step.payload.table, rows: done.rows.length } }] };
}

/** Each row as it was before, if it still is as it was written. */
async function writeBack(step: Write, desk: WriteDesk): Promise<StepResultInput> {
  const done: WriteReceipt = receipt.parse(step.completed?.output);
  const settings = await connectorOf(step, step.payload.binding);
  const { written } = writable(settings, step.payload.table);
  return { output: (await surely(() => desk.write(`${step.effectKey}:undo`, settings, step.payload.table, done.rows.map((one) => undoOf(one, written)).reverse()))) as unknown as Json };
}

const undoOf = ({ key, before, after }: WrittenRow, written: readonly string[]): RowChange => ({ key, before: after, after: before === null ? null : Object.fromEntries(Object.entries(before).filter(([column]) => written.includes(column) && !(column in key && after !== null))) });

/** A compensation may be asked for again under its key: what is open passes. */
async function surely<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof PlatformError ? error : failure('connector.unavailable', { message: 'the outside system did not say whether the rows were written back', cause: error });
  }
}

const afterOf = (one: z.infer<typeof change>): RowValues | null => (one.do === 'delete' ? null : texts(one.values));

/** As Postgres reads them for any type. */
const texts = (given: { readonly [column: string]: string | number | boolean | null }): RowValues => Object.fromEntries(Object.entries(given).map(([column, value]) => [column, value === null ? null : String(value)]));

