import fc from 'fast-check';
import type { EvidenceBundle, ExportedEvidence } from '@symphainy/contracts';
import { frameHash, GENESIS } from '@symphainy/execution';
import { readSigningKey, signHash } from '@symphainy/governance';
import { canonicalJson, hashOf } from '@symphainy/kernel';
import { checkpointKey, idOf, keyFile, sampleEvidence, signed, type SampleOptions } from './testing/sample-evidence.js';
import { readKeyFile } from './trusted-keys.js';
import { verifyEvidence, type Report } from './verify-evidence.js';
import { lineOf } from './findings.js';

const keys = readKeyFile(keyFile);
const verify = (evidence: unknown): Report => verifyEvidence(evidence, keys);
const found = (evidence: unknown): string[] => verify(evidence).problems.map(lineOf);

const execution = sampleEvidence({ kind: 'execution', objects: true });
const session = sampleEvidence({ kind: 'session', executions: 3, strangers: 300 });

/** The deep copy after an edit, as if only that had been changed in the file. */
function edited(evidence: ExportedEvidence, edit: (copy: ExportedEvidence) => void): ExportedEvidence {
  const copy = structuredClone(evidence);
  edit(copy);
  return copy;
}

/** The same, signed anew by somebody who holds the checkpoint key: the export's own signature helps no more. */
function forged(evidence: ExportedEvidence, edit: (copy: ExportedEvidence) => void): ExportedEvidence {
  const { export: _, ...bundle } = edited(evidence, edit);
  return signed(bundle);
}

const bodyEdited = (evidence: ExportedEvidence, stream: number, frame: number, edit: (text: string) => string): ExportedEvidence =>
  forged(evidence, ({ streams }) => {
    const target = streams[stream]!.frames[frame]!;
    target.body = Buffer.from(edit(Buffer.from(target.body, 'base64').toString())).toString('base64');
  });

/** The way to every value in the file. */
const pathsOf = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...pathsOf(inner, [...path, key])]) : [];

describe('symphainy-verify', () => {
  it.each<SampleOptions>([
    { kind: 'execution' },
    { kind: 'execution', objects: true, strangers: 0 },
    { kind: 'execution', strangers: 700 },
    { kind: 'session', executions: 1 },
    { kind: 'session', executions: 5, strangers: 250 },
  ])('untouched evidence %j - holds', (options) => {
    expect(found(sampleEvidence(options).evidence)).toEqual([]);
  });

  it.each([0, 1, 65_536, 65_537, 200_000])('an object about a person, %d bytes before it was sealed - holds as it is stored, and not cut by a byte', (sealed) => {
    const { evidence } = sampleEvidence({ kind: 'execution', objects: true, sealed });
    expect(found(evidence)).toEqual([]);
    const cut = forged(evidence, ({ objects }) => Object.entries(objects).forEach(([hash, bytes]) => (objects[hash] = Buffer.from(bytes, 'base64').subarray(1).toString('base64'))));
    expect(found(cut)).toEqual([expect.stringMatching(/one\/object: the object’s bytes are not those recorded/)]);
  });

  it('an artifact made again by an execution that was continued - holds, each of the two as it was recorded, and neither may be left out or told twice', () => {
    const { evidence } = sampleEvidence({ kind: 'execution', objects: true, again: true });
    expect(found(evidence)).toEqual([]);
    const inline = evidence.artifacts.filter(({ artifact_id }) => artifact_id === `${idOf(100)}/one/inline`);
    expect(new Set(inline.map((artifact) => artifact.content_hash)).size).toBe(2);
    expect(found(forged(evidence, ({ artifacts }) => void artifacts.splice(2, 1)))).toEqual([`artifacts: ${idOf(100)}/one/inline was recorded, but is not listed`]);
    expect(found(forged(evidence, ({ artifacts }) => void (artifacts[2] = artifacts[0]!)))).toEqual([`artifacts: ${idOf(100)}/one/inline is listed otherwise than it was recorded`]);
  });

  it('an execution under way - holds, and is told to be open', () => {
    const report = verify(sampleEvidence({ kind: 'session', open: true }).evidence);
    expect([report.valid, report.about?.open_executions]).toEqual([true, [idOf(101)]]);
  });

  it('any byte of the file - changed, it is found', () => {
    const text = JSON.stringify(execution.evidence);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(text);
        bytes[at] = bytes[at]! ^ flip;
        expect(holds(bytes.toString())).toBe(false);
      }),
      { numRuns: 1_500 },
    );
  });

  it('a file cut anywhere - is found', () => {
    const text = JSON.stringify(session.evidence);
    fc.assert(fc.property(fc.nat(text.length - 1), (length) => expect(holds(text.slice(0, length))).toBe(false)), { numRuns: 300 });
  });

  const holds = (text: string): boolean => {
    try {
      return verify(JSON.parse(text)).valid;
    } catch (error) {
      if (error instanceof SyntaxError) return false;
      throw error;
    }
  };

  it('any byte of any record, by whoever signs - is found and named by stream and frame', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (pickStream, pickFrame, pickByte, flip) => {
        const target = session.evidence.streams[pickStream % session.evidence.streams.length]!;
        const frame = target.frames[pickFrame % target.frames.length]!;
        const copy = forged(session.evidence, ({ streams }) => {
          const changed = streams[pickStream % streams.length]!.frames[pickFrame % target.frames.length]!;
          const bytes = Buffer.from(changed.body, 'base64');
          bytes[pickByte % bytes.length] = bytes[pickByte % bytes.length]! ^ flip;
          changed.body = bytes.toString('base64');
        });
        expect(verify(copy).problems).toEqual(expect.arrayContaining([expect.objectContaining({ stream_id: target.stream_id, seq: frame.seq })]));
      }),
      { numRuns: 400 },
    );
  });

  it('frames dropped at the end, by whoever signs - are named as missing', () => {
    for (const keep of [1, 2]) {
      const copy = forged(execution.evidence, ({ streams }) => void (streams[1]!.frames = streams[1]!.frames.slice(0, keep)));
      expect(found(copy)).toContain(`sealing: stream ${idOf(100)}, frame ${keep}: it was sealed, but is missing`);
    }
  });

  it('a frame dropped in the middle, two swapped, one added - are named', () => {
    const { evidence } = execution;
    const dropped = forged(evidence, ({ streams }) => void streams[1]!.frames.splice(1, 1));
    expect(verify(dropped).problems).toEqual(expect.arrayContaining([expect.objectContaining({ check: 'chain', stream_id: idOf(100), seq: 2 })]));
    const swapped = forged(evidence, ({ streams }) => void streams[1]!.frames.splice(1, 2, streams[1]!.frames[2]!, streams[1]!.frames[1]!));
    expect(verify(swapped).problems.filter(({ check }) => check === 'chain').map(({ seq }) => seq)).toEqual(expect.arrayContaining([1, 2]));
    const added = forged(evidence, ({ streams }) => void streams[1]!.frames.push({ ...streams[1]!.frames[0]!, seq: streams[1]!.frames.length }));
    expect(found(added)).toContain(`sealing: stream ${idOf(100)}, frame ${evidence.streams[1]!.frames.length}: it stands behind the sealed head (frame ${evidence.streams[1]!.frames.length - 1})`);
  });

  it('a stream rewritten and chained anew, by whoever signs - does not have the head that was sealed', () => {
    const copy = forged(execution.evidence, ({ streams }) => {
      const stream = streams[1]!;
      let before: Uint8Array = GENESIS;
      for (const frame of stream.frames) {
        const body = Buffer.from(Buffer.from(frame.body, 'base64').toString().replaceAll('"api_key"', '"service"'));
        before = frameHash(before, { tenantId: 'acme', streamId: stream.stream_id, seq: frame.seq, kind: stream.kind, at: frame.at }, body);
        Object.assign(frame, { body: body.toString('base64'), hash: Buffer.from(before).toString('hex') });
      }
    });
    const last = execution.evidence.streams[1]!.frames.length - 1;
    expect(found(copy)).toEqual([`sealing: stream ${idOf(100)}, frame ${last}: its hash is not the one that was sealed`]);
    const withLeaf = forged(copy, ({ streams }) => void (streams[1]!.leaf.hash = streams[1]!.frames.at(-1)!.hash));
    expect(found(withLeaf)).toEqual([`sealing: stream ${idOf(100)}: its head (frame ${last}) is not in the signed tree`]);
  });

  it('a session’s execution left out, added or taken from elsewhere, by whoever signs - is named', () => {
    const { evidence } = session;
    const without = forged(evidence, ({ streams }) => void streams.splice(2, 1));
    expect(found(without)).toContain(`members: stream ${idOf(101)}: the execution is missing`);
    const hidden = forged(evidence, ({ streams, members, artifacts }) => {
      streams.splice(2, 1);
      members!.executions.splice(1, 1);
      artifacts.splice(2, 2);
    });
    expect(found(hidden)).toEqual(expect.arrayContaining([`members: stream ${idOf(1)}: the session has 3 executions, here are 2`]));
    const consistent = forged(hidden, ({ members }) => void (members!.leaf!.seq = 2));
    expect(found(consistent)).toContain(`sealing: stream ${idOf(1)}: the number of its executions (2) is not in the signed tree`);
    const unproven = forged(hidden, ({ members }) => void delete members!.leaf);
    expect(found(unproven)).toContain(`members: stream ${idOf(1)}: nothing proves that these are all executions of the session`);
    const foreign = forged(evidence, ({ streams }) => void streams.push(structuredClone({ ...streams[3]!, stream_id: idOf(77) })));
    expect(found(foreign)).toContain(`members: stream ${idOf(77)}: the execution is not among those of the session`);
  });

  it('a signature of somebody else - is found wherever it stands', () => {
    const stranger = readSigningKey(Buffer.alloc(32, 9).toString('base64url'));
    const { export: _, ...bundle } = execution.evidence;
    const resigned = { ...bundle, export: signHash(hashOf(bundle), stranger) };
    expect(found(resigned)).toEqual([`export: the export: it is signed by key ${stranger.keyId}, which is not trusted`]);
    const underOurName = { ...bundle, export: { ...resigned.export, key_id: checkpointKey.keyId } };
    expect(found(underOurName)).toEqual([`export: the export: its signature is not that of key ${checkpointKey.keyId}`]);
    const checkpoint = forged(execution.evidence, (copy) => void Object.assign(copy.checkpoint, signHash(copy.checkpoint.hash, stranger)));
    expect(found(checkpoint)).toEqual([expect.stringMatching(/^checkpoint: .*not trusted$/)]);
    const policy = forged(execution.evidence, (copy) => void Object.assign(copy.bundles[0]!, signHash(copy.bundles[0]!.hash, stranger)));
    expect(found(policy)).toEqual([expect.stringMatching(/^policy: the governance bundle .*not trusted$/)]);
  });

  it('a bundle key that is given - counts instead of those that the export vouches for', () => {
    const other = readSigningKey(Buffer.alloc(32, 8).toString('base64url'));
    const strict = readKeyFile(`${keyFile}bundle ${other.keyId}=${other.publicKey}\n`);
    expect(verifyEvidence(execution.evidence, strict).problems.map(({ check }) => check)).toEqual(['policy']);
  });

  it('a policy or capability changed in the bundle, by whoever signs the export - is found', () => {
    const change = (list: 'policies' | 'capabilities', edit: (entry: Record<string, unknown>) => void) =>
      forged(execution.evidence, ({ bundles }) => bundles[0]!.lists[list]!.forEach((entry) => void ('entry' in entry && edit(entry.entry))));
    expect(found(change('policies', (policy) => (policy['text'] = 'permit(principal, action, resource);//')))).toEqual([expect.stringMatching(/does not have its hash/)]);
    expect(found(change('policies', (policy) => (policy['id'] = 'other')))).toEqual(expect.arrayContaining([expect.stringMatching(/policy sample.callers, which decided for security_guard, is not in the bundle/)]));
    expect(found(change('capabilities', (one) => (one['version'] = '9.0.0')))).toEqual(expect.arrayContaining([expect.stringMatching(/the capability’s version is not the bundle’s/)]));
    expect(found(forged(execution.evidence, (copy) => void (copy.bundles = [])))).toEqual([expect.stringMatching(/which decided, is not here/)]);
  });

  it('a record that does not keep the grammar - is named, even in bytes that are canonical', () => {
    expect(found(bodyEdited(execution.evidence, 1, 0, (text) => text.replace('"decision":"permit","verdicts"', '"decision":"deny","verdicts"')))).toEqual(expect.arrayContaining([expect.stringMatching(/the saga started although policy denied it/)]));
    expect(found(bodyEdited(execution.evidence, 1, 0, (text) => text.replaceAll('"user_id":"alice"', '"user_id":"mallory"')))).toEqual(expect.arrayContaining([expect.stringMatching(/its hash does not follow/)]));
    expect(found(bodyEdited(execution.evidence, 1, 0, (text) => text.replaceAll('"tenant_id":"acme"', '"tenant_id":"globex"')))).toEqual(expect.arrayContaining([expect.stringMatching(/of another tenant/)]));
    expect(found(bodyEdited(execution.evidence, 1, 1, (text) => ` ${text}`))).toEqual(expect.arrayContaining([expect.stringMatching(/frame 1: its bytes are not canonical JSON/)]));
  });

  it('an artifact’s content or object changed - is named by its id', () => {
    const object = forged(execution.evidence, ({ objects }) => void (objects[Object.keys(objects)[0]!] = Buffer.from('other bytes').toString('base64')));
    expect(found(object)).toEqual([expect.stringMatching(new RegExp(`artifacts: .*${idOf(100)}/one/object: the object’s bytes are not those recorded`))]);
    const content = bodyEdited(execution.evidence, 1, 2, (text) => text.replace('grüße', 'grüßt'));
    expect(found(content)).toEqual(expect.arrayContaining([expect.stringMatching(/one\/inline: its content does not hash/)]));
    const listed = forged(execution.evidence, ({ artifacts }) => void (artifacts[0]!.content_hash = '0'.repeat(64)));
    expect(found(listed)).toEqual([`artifacts: ${idOf(100)}/one/inline is listed otherwise than it was recorded`]);
    expect(found(forged(execution.evidence, (copy) => void (copy.artifacts = [])))).toHaveLength(2);
    expect(found(forged(execution.evidence, (copy) => void (copy.related = [])))).toEqual([expect.stringMatching(new RegExp(`it names ${idOf(50)}, whose place in the log is not proven`))]);
  });

  it('an anchor - holds when the log only grew since, and tells a rewritten or shortened one', () => {
    const { evidence, earlier } = session;
    const against = (anchor: typeof earlier) => verifyEvidence(evidence, keys, anchor).problems.map(lineOf);
    expect(against(earlier)).toEqual([]);
    expect(against(evidence.checkpoint)).toEqual([]);
    expect(against(sampleEvidence({ kind: 'session', strangers: 299 }).earlier)).toEqual([expect.stringContaining('export again with ?since=300')]);
    const rewritten = sampleEvidence({ kind: 'execution', strangers: 300 }).evidence;
    expect(verifyEvidence(rewritten, keys, evidence.checkpoint).problems.map(lineOf)).toEqual([expect.stringContaining('the log was cut')]);
    expect(verifyEvidence(rewritten, keys, { ...earlier, checkpoint: { ...earlier.checkpoint, root: '0'.repeat(64) } }).valid).toBe(false);
  });

  it('a member nobody looks at - is still bound by the signature over the whole', () => {
    const edits: ((copy: EvidenceBundle) => void)[] = [
      (copy) => (copy.exported_by = 'mallory'), (copy) => (copy.exported_at = '2027-01-01T00:00:00.000Z'), (copy) => (copy.keys.bundle = { ...copy.keys.bundle, x: checkpointKey.publicKey }),
      (copy) => (copy.consistency = []), (copy) => void ((copy as unknown as Record<string, unknown>)['note'] = 'added'),
    ];
    for (const edit of edits) expect(found(edited(execution.evidence, edit))).toEqual(expect.arrayContaining([expect.stringMatching(/^export: the bundle is not the one that was exported/)]));
  });

  it('what is no evidence - is told with its place', () => {
    expect(found({})).toContain('format: /type is none of symphainy.evidence.v1');
    expect(found(edited(execution.evidence, (copy) => void (copy.streams[1]!.frames[0]!.hash = 'zz')))).toEqual(['format: /streams/1/frames/0/hash is no SHA-256 digest in hex']);
    for (const nonsense of [null, [], 'x', 1]) expect(verify(nonsense).valid).toBe(false);
  });

  it('any value anywhere in the file, replaced by any other - is found, and nothing makes the verifier fall over', () => {
    for (const { evidence } of [execution, session]) {
      const paths = pathsOf(evidence);
      fc.assert(
        fc.property(fc.nat(paths.length - 1), fc.jsonValue(), (pick, value) => {
          const path = paths[pick]!;
          const copy = structuredClone(evidence) as unknown as Record<string, unknown>;
          const holder = path.slice(0, -1).reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
          const key = path.at(-1)!;
          fc.pre(canonicalJson(holder[key]) !== canonicalJson(value));
          holder[key] = value;
          expect(verify(copy).valid).toBe(false);
        }),
        { numRuns: 300 },
      );
    }
  });

  it('parts that are each genuine but not of one export - are told: an older root, another tenant’s name, a stranger’s session', () => {
    const older = forged(session.evidence, (copy) => void (copy.checkpoint = session.earlier));
    expect(found(older)).toEqual(expect.arrayContaining([expect.stringMatching(/^sealing: .*is not in the signed tree$/)]));
    const renamed = forged(session.evidence, (copy) => void (copy.subject.tenant_id = 'globex'));
    expect(found(renamed)).toEqual(expect.arrayContaining([expect.stringMatching(/^checkpoint: .*is of tenant acme, the evidence of globex$/)]));
    const beside = forged(session.evidence, ({ streams }) => void streams.push({ ...structuredClone(streams[0]!), stream_id: idOf(78) }));
    expect(found(beside)).toContain(`members: stream ${idOf(78)}: the stream is neither the session nor an execution of it`);
    const shadowed = forged(session.evidence, ({ bundles }) => void ((bundles[0]!.head as Record<string, unknown>)['policies'] = []));
    expect(found(shadowed)).toEqual(expect.arrayContaining([expect.stringMatching(/its list policies stands in its head too/)]));
  });

  it('a frame that is nested without end, or holds records without number - is told as what it is', () => {
    const deep = bodyEdited(execution.evidence, 1, 0, () => `{"records":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);
    expect(found(deep)).toContain(`chain: stream ${idOf(100)}, frame 0: it is nested too deep to be a frame`);
    const many = bodyEdited(execution.evidence, 1, 0, () => `{"records":[${Array.from({ length: 150_000 }, () => '{"type":"x"}').join()}]}`);
    expect(found(many)).toEqual(expect.arrayContaining([expect.stringMatching(/frame 0: its hash does not follow/)]));
  });

  it('a key file - is read by line, and a wrong line is named', () => {
    expect(() => readKeyFile('checkpoint nonsense')).toThrow('line 1 is no key');
    expect(() => readKeyFile('# nothing\n')).toThrow('no checkpoint key');
    expect(() => readKeyFile(`${keyFile}checkpoint ${checkpointKey.keyId}=${readSigningKey(Buffer.alloc(32, 9).toString('base64url')).publicKey}\n`)).toThrow(`line 3 names the checkpoint key ${checkpointKey.keyId} again`);
  });
});
