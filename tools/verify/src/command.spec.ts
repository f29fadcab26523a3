import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './command.js';
import { keyFile, sampleEvidence } from './testing/sample-evidence.js';
import type { Report } from './verify-evidence.js';

describe('symphainy-verify, the command', () => {
  const { evidence, earlier } = sampleEvidence({ kind: 'execution' });
  let directory: string;
  beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'verify-spec-'))));
  afterAll(() => rmSync(directory, { recursive: true }));

  const file = (name: string, content: unknown): string => {
    const path = join(directory, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const call = (...args: string[]): { code: number; out: string; error: string } => {
    const written = { out: '', error: '' };
    const code = run(args, { out: (text) => (written.out += text), error: (text) => (written.error += text) });
    return { code, ...written };
  };

  it('evidence that holds - exits with 0, in words and as one JSON object', () => {
    const args = [file('good.json', evidence), '--key', file('keys.txt', keyFile), '--anchor', file('anchor.json', { checkpoint: earlier, keys: {} })];
    const told = call(...args);
    expect([told.code, told.error]).toEqual([0, '']);
    expect(told.out).toMatch(/2 streams, \d+ frames.*\n.*everything holds\n$/s);
    const json = JSON.parse(call(...args, '--json').out) as Report;
    expect([json.valid, json.about?.kind]).toEqual([true, 'execution']);
  });

  it('tampered or cut evidence - exits with 1 and names what was found', () => {
    const keys = file('keys.txt', keyFile);
    const tampered = call(file('bad.json', { ...evidence, exported_by: 'mallory' }), '--key', keys);
    expect([tampered.code, tampered.out]).toEqual([1, expect.stringContaining('export: the bundle is not the one that was exported')]);
    const cut = call(file('cut.json', JSON.stringify(evidence).slice(0, 5_000)), '--key', keys, '--json');
    expect([cut.code, (JSON.parse(cut.out) as Report).problems[0]?.message]).toEqual([1, expect.stringContaining('not JSON')]);
    expect(call(file('deep.json', '['.repeat(200_000)), '--key', keys).code).toBe(1);
  });

  it('arguments or files that cannot be read - exit with 2 and say what is missing, and nothing is trusted by default', () => {
    const good = file('good.json', evidence);
    expect(call(good)).toMatchObject({ code: 2, out: '', error: expect.stringContaining('--key <file>') as string });
    expect(call('--key', file('keys.txt', keyFile)).code).toBe(2);
    expect(call(join(directory, 'gone.json'), '--key', file('keys.txt', keyFile)).error).toContain('gone.json');
    expect(call(good, '--key', file('none.txt', 'nothing')).error).toContain('line 1 is no key');
    expect(call(good, '--key', file('keys.txt', keyFile), '--anchor', file('empty.json', {})).error).toContain('no signed checkpoint');
    expect(call(good, '--sideways').code).toBe(2);
  });

  it('--help - says how it is used', () => {
    expect(call('--help')).toMatchObject({ code: 0, out: expect.stringContaining('Exit code') as string });
  });
});
