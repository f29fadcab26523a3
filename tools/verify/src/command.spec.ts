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

  it('a file that two readers could read differently - exits with 1 and names the place', () => {
    const keys = file('keys.txt', keyFile);
    const told = (content: string): [number, string[]] => {
      const { code, out } = call(file('unclear.json', content), '--key', keys, '--json');
      return [code, (JSON.parse(out) as Report).problems.map(({ check, message }) => `${check}: ${message}`)];
    };
    const text = JSON.stringify(evidence);
    expect(told(`{"exported_by":"mallory",${text.slice(1)}`)).toEqual([1, ['format: /exported_by stands there twice']]);
    expect(told(text.replace('"frames":[{', '"frames":[{"s\\u0065q":7,'))).toEqual([1, ['format: /streams/0/frames/0/seq stands there twice']]);
    expect(told(text.replace(/"tree_size":(\d+)/, '"tree_size":$1.00000000000000000001'))).toEqual([1, [expect.stringMatching(/^format: \/checkpoint\/checkpoint\/tree_size is written as \d+\.0{19}1 and cannot be read as exactly that$/)]]);
    expect(told(text.replace(/"tree_size":\d+/, '"tree_size":1e999'))).toEqual([1, [expect.stringContaining('is written as 1e999')]]);
    expect(told(text.replace(/"tree_size":\d+/, '"tree_size":NaN'))).toEqual([1, [expect.stringContaining('not JSON')]]);
    expect(told(`\uFEFF${text}`)).toEqual([1, [expect.stringContaining('not JSON')]]);
    expect(told(JSON.stringify(JSON.parse(text), undefined, 2).replace(/"tree_size": (\d+)/, '"tree_size": $1.0'))).toEqual([0, []]);
  });

  it('bytes that are no text, though a lenient reader makes the same of them - exit with 1', () => {
    const named = { ...evidence, exported_by: '\uFFFD' };
    const bytes = Buffer.from(JSON.stringify(named));
    const at = bytes.indexOf(Buffer.from('\uFFFD'));
    const path = join(directory, 'bytes.json');
    writeFileSync(path, Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]));
    expect(call(path, '--key', file('keys.txt', keyFile)).out).toMatch(/^format: the file is not UTF-8\n/);
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
