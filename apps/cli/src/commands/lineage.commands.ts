import { writeFileSync } from 'node:fs';
import { UsageError, type Command, type Invocation } from '../command.js';

const reference = ['reference'] as const;
const named = ({ words }: Invocation, word: string): string => words[word] ?? '';
const depth = { type: 'string', value: '<n>', summary: 'how far to go; default 10' } as const;
const asAtRun = { type: 'string', value: '<execution>', summary: 'as it was when this execution ended' } as const;

function depthOf({ text }: Invocation): { depth?: number } {
  const given = text('depth');
  if (given === undefined) return {};
  if (!/^\d{1,3}$/.test(given)) throw new UsageError('--depth: must be a whole number');
  return { depth: Number(given) };
}

function runOf({ text }: Invocation): { run?: string } {
  const run = text('run');
  return run === undefined ? {} : { run };
}

function walk(invocation: Invocation): Promise<unknown> {
  const { client, flag } = invocation;
  const node = named(invocation, 'node');
  return client().lineage.walk(/^\w+:/.test(node) ? node : `artifact:${node}`, { direction: flag('down') ? 'down' : 'up', ...depthOf(invocation), ...runOf(invocation) });
}

async function exported(invocation: Invocation): Promise<unknown> {
  const format = invocation.text('format') ?? 'openlineage';
  if (format !== 'openlineage' && format !== 'prov') throw new UsageError('--format: must be openlineage or prov');
  const document = await invocation.client().lineage.export(named(invocation, 'execution'), format);
  const file = invocation.text('out');
  if (file === undefined) return document;
  writeFileSync(file, JSON.stringify(document, undefined, 2));
  return { written: file };
}

/** `page=2 box=10,20,30,40`, `byte_start=0 byte_end=80`, `cell=B2`: a place in a source. */
function derived(invocation: Invocation): Promise<unknown> {
  const region: { [member: string]: string | number | number[] } = {};
  for (const one of (invocation.text('at') ?? '').split(/\s+/).filter((word) => word !== '')) {
    const [member = '', value = ''] = one.split(/=(.*)/s);
    if (value === '') throw new UsageError('--at: must read <member>=<value>, such as "page=1" or "byte_start=0 byte_end=80"');
    region[member] = member === 'box' ? value.split(',').map(Number) : /^\d+$/.test(value) && member !== 'pointer' ? Number(value) : value;
  }
  return invocation.client().lineage.derived({ ...region, reference: named(invocation, 'reference') }, { ...depthOf(invocation), ...runOf(invocation) });
}

export const lineageCommands: readonly Command[] = [
  { path: 'references show', words: reference, summary: 'A reference: whose, where, its hash, class and schema', run: (invocation) => invocation.client().references.read(named(invocation, 'reference')) },
  { path: 'references resolve', words: reference, summary: 'Whether what a reference names is there and unchanged', options: { hash: { type: 'boolean', summary: 'read and hash all of its bytes' } }, run: (invocation) => invocation.client().references.resolve(named(invocation, 'reference'), invocation.flag('hash') ? 'hash' : undefined) },
  { path: 'lineage graph', words: ['node'], summary: 'What an artifact came from, with steps, executions, intents and decisions', options: { down: { type: 'boolean', summary: 'what came of it instead' }, depth, run: asAtRun }, run: walk },
  { path: 'lineage value', words: reference, summary: 'From a value to its places in the sources', options: { pointer: { type: 'string', value: '<pointer>', summary: 'JSON Pointer to the value; default: all of it' }, depth }, run: (invocation) => invocation.client().lineage.value(named(invocation, 'reference'), invocation.text('pointer') ?? '', depthOf(invocation)) },
  { path: 'lineage derived', words: reference, summary: 'From a place in a source to everything derived from it', options: { at: { type: 'string', value: '<place>', summary: '"page=1 box=10,20,30,40", "byte_start=0 byte_end=80", "cell=B2"; default: all of it' }, depth, run: asAtRun }, run: derived },
  { path: 'lineage export', words: ['execution'], summary: 'An execution’s lineage as OpenLineage events or W3C PROV-JSON', options: { format: { type: 'string', value: '<format>', summary: 'openlineage (default) or prov' }, out: { type: 'string', value: '<file>', summary: 'write it here; default: standard output' } }, run: exported },
];
