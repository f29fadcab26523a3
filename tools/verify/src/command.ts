import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkpointShape, type SignedCheckpoint } from './evidence-format.js';
import { lineOf } from './findings.js';
import { isObject } from './shape.js';
import { ambiguities } from './strict-json.js';
import { readKeyFile } from './trusted-keys.js';
import { verifyEvidence, type Report } from './verify-evidence.js';

const HELP = `symphainy-verify <evidence.json> --key <keys.txt> [--anchor <checkpoint.json>] [--json]

Checks an exported evidence bundle offline: every record's bytes and place, that nothing is missing at the end, the policy it ran under, artifacts,
and that all of it stands in a log whose signed checkpoint you can hold against one you kept.

  --key <file>      public keys you trust, one a line: [checkpoint|bundle] <key_id>=<base64url>. Required: a bundle's own keys prove nothing.
  --anchor <file>   an earlier checkpoint (an answer of GET /v1/checkpoint, or other evidence): the log must only have grown since.
                    Export with ?since=<its tree_size>, so that the proof is in the bundle.
  --json            one JSON object on standard output instead of text.

Exit code: 0 everything holds; 1 something does not (each finding is named); 2 the arguments or files cannot be read.
`;

interface Arguments {
  readonly evidence: string;
  readonly key: string;
  readonly anchor: string | undefined;
  readonly json: boolean;
}

class Unusable extends Error {}

function argumentsOf(args: readonly string[]): Arguments | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help === true) return 'help';
  const [evidence, ...more] = positionals;
  if (evidence === undefined || more.length > 0) throw new Unusable('name one evidence file');
  if (values.key === undefined) throw new Unusable('name the file of the public keys you trust: --key <file>');
  return { evidence, key: values.key, anchor: values.anchor, json: values.json === true };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { key: { type: 'string' }, anchor: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    throw new Unusable((error as Error).message);
  }
}

function read<T>(what: string, path: string, as: (bytes: Buffer) => T): T {
  try {
    return as(readFileSync(path));
  } catch (error) {
    throw new Unusable(`${what} ${path}: ${(error as Error).message}`);
  }
}

/** A signed checkpoint, or something that holds one: an answer of GET /v1/checkpoint, or evidence. */
function readAnchor(bytes: Buffer): SignedCheckpoint {
  const value: unknown = JSON.parse(bytes.toString());
  const candidates = isObject(value) ? [value, value['checkpoint']] : [];
  const found = candidates.find((candidate) => checkpointShape(candidate, '').length === 0);
  if (found === undefined) throw new Error('it holds no signed checkpoint');
  return found as SignedCheckpoint;
}

function textOf({ valid, problems, about }: Report): string {
  const facts = about === undefined ? [] : [
    `${about.kind} ${about.id} of ${about.tenant_id}: ${about.streams} streams, ${about.frames} frames, ${about.records} records`,
    `sealed ${about.sealed_at} in a tree of ${about.tree_size} leaves, exported ${about.exported_at}`,
    ...about.open_executions.map((id) => `not ended when it was exported: ${id}`),
  ];
  return [...facts, ...problems.map(lineOf), valid ? 'everything holds' : `${problems.length} ${problems.length === 1 ? 'finding' : 'findings'}`].map((line) => `${line}\n`).join('');
}

/** A file that is not even JSON was changed, or cut: that is a finding about it, not a mistake of whoever asks. */
function reportOf({ evidence, key, anchor }: Arguments): Report {
  const keys = read('keys', key, (bytes) => readKeyFile(bytes.toString()));
  const kept = anchor === undefined ? undefined : read('anchor', anchor, readAnchor);
  const bytes = read('evidence', evidence, (content) => content);
  if (!isUtf8(bytes)) return noEvidence('the file is not UTF-8');
  try {
    const text = bytes.toString();
    const value: unknown = JSON.parse(text);
    const unclear = ambiguities(text);
    return unclear.length > 0 ? noEvidence(...unclear) : verifyEvidence(value, keys, kept);
  } catch (error) {
    if (error instanceof SyntaxError) return noEvidence(`the file is not JSON: ${error.message}`);
    if (error instanceof RangeError) return noEvidence('the file is nested too deep to be evidence');
    throw error;
  }
}

const noEvidence = (...messages: readonly string[]): Report => ({ valid: false, problems: messages.map((message) => ({ check: 'format', message })), checks: [] });

/** Where a program writes. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/** The program: reads the files that its arguments name, writes the report, and gives the exit code. */
export function run(args: readonly string[], { out, error: complain }: Streams): number {
  try {
    const wanted = argumentsOf(args);
    if (wanted === 'help') {
      out(HELP);
      return 0;
    }
    const report = reportOf(wanted);
    out(wanted.json ? `${JSON.stringify(report)}\n` : textOf(report));
    return report.valid ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    complain(`${error.message}\n\n${HELP}`);
    return 2;
  }
}
