/** A file of policy tests: YAML, as the command `symphainy governance policies` reads it. Pure. */
import type { PolicyTest } from '@symphainy/contracts';
import { LineCounter, parseDocument, stringify } from 'yaml';

/** Something wrong in a text, with its place; lines and columns from 1. */
export interface TextProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly help?: string;
}

/** Members that say nothing are left out: empty lists, and the defaults of the caller. */
export function testsAsText(tests: readonly PolicyTest[]): string {
  return tests.length === 0 ? '' : stringify(tests.map(terse), { lineWidth: 0 });
}

function terse({ name, request, expect }: PolicyTest): object {
  const { caller, ...rest } = request;
  const asked = { caller: { tenant_id: caller.tenant_id, user_id: caller.user_id, ...(caller.roles.length > 0 && { roles: caller.roles }), ...(caller.auth !== 'api_key' && { auth: caller.auth }) }, ...said(rest) };
  return { name, request: asked, expect };
}

const said = (members: object): object => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)));

export interface TestFile {
  readonly tests: readonly PolicyTest[];
  readonly problems: readonly TextProblem[];
}

/** What a file says; the platform checks each test. Without a name and a request it is none. */
export function readTestFile(text: string): TestFile {
  if (text.trim() === '') return { tests: [], problems: [] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ message, pos: [at] }) => ({ ...placed(lines, at), message }));
  if (problems.length > 0) return { tests: [], problems };
  const value: unknown = document.toJS();
  if (!Array.isArray(value)) return { tests: [], problems: [{ line: 1, column: 1, message: 'This is no list of tests', help: 'begin each test with “- name: …”' }] };
  const tests = value as unknown[];
  const found = tests.flatMap((test, index) => shapeProblem(test, index, text));
  return found.length > 0 ? { tests: [], problems: found } : { tests: (tests as PolicyTest[]).map(filled), problems: [] };
}

function placed(lines: LineCounter, at: number): { line: number; column: number } {
  const { line, col } = lines.linePos(at);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** What the editor itself must know of a test; everything else the platform says. */
function shapeProblem(test: unknown, index: number, text: string): TextProblem[] {
  const { name, request, expect } = (typeof test === 'object' && test !== null ? test : {}) as Partial<Record<string, unknown>>;
  const missing = typeof name !== 'string' ? 'name' : !isObject(request) || !isObject(request['caller']) ? 'request with a caller' : !isObject(expect) ? 'expect' : undefined;
  return missing === undefined ? [] : [{ line: lineOfItem(text, index), column: 1, message: `Test ${index + 1} has no ${missing}` }];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Items of the outermost list begin with a dash at the margin. */
function lineOfItem(text: string, index: number): number {
  const starts = text.split('\n').flatMap((line, at) => (/^\s*- /.test(line) && !/^\s{2,}/.test(line) ? [at + 1] : []));
  return starts[index] ?? 1;
}

/** With the caller's defaults, as the platform fills them in: staged tests are kept as they were written. */
export const filled = (test: PolicyTest): PolicyTest => ({ ...test, request: { ...test.request, caller: { ...test.request.caller, roles: test.request.caller.roles ?? [], auth: test.request.caller.auth ?? 'api_key' } } });

/** A test to begin with. */
export const newTest = (policy: string, tenant: string): string => `- name: what must hold
  request:
    caller: { tenant_id: ${tenant}, user_id: somebody, roles: [] }
    intent_type: content.ingest
  expect: { decision: deny${policy === '' ? '' : `, policies: [${policy}]`} }
`;
