import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { countingIds, ManualClock } from '@symphainy/kernel/testing';
import { memoryPersonalData } from '../testing/memory-personal-data.js';
import { withoutRecords } from './mixed-files.js';
import { PersonalData } from './personal-data.js';
import { KEY_FRESH_MS, SubjectKeys } from './subject-keys.js';
import { MemorySubjectKeys } from './subject-keys.memory.js';

const place = { tenantId: 'acme', executionId: '00000000-0000-4000-8000-000000000001' };
const people = {
  type: 'object',
  properties: {
    people: { type: 'array', items: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string', 'x-personal': { subject: '1/id' } } } } },
    note: { type: 'string', 'x-personal': { subject: '?/owner' } },
    owner: { type: 'string', format: 'data-subject' },
  },
};

describe('personal data - a contract says what is sealed, and under whose key', () => {
  const bed = () => {
    const clock = new ManualClock();
    return { clock, personal: memoryPersonalData(clock, countingIds()) };
  };

  it('each field - is sealed under its own subject’s key, found by a relative pointer, and opens again', async () => {
    const { personal } = bed();
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ id: fc.string({ minLength: 1 }), name: fc.string({ minLength: 8 }) }), { maxLength: 5 }), async (list) => {
      const sealed = await personal.payload(place, people, { people: list }, undefined);
      const text = JSON.stringify(sealed.value);
      for (const { name } of list) expect((sealed.value['people'] as { name: string }[]).map((person) => person.name)).not.toContain(name);
      expect(sealed.keys).toHaveLength(new Set(list.map(({ id }) => id)).size);
      expect(await personal.open(place, JSON.parse(text))).toEqual({ people: list });
    }));
  });

  it('an optional subject that is absent - leaves its field plain; a required one is asked for', async () => {
    const { personal } = bed();
    expect((await personal.payload(place, people, { note: 'x' }, undefined)).value).toEqual({ note: 'x' });
    const named = (await personal.payload(place, people, { note: 'x', owner: 'o' }, undefined)).value;
    expect(named).toEqual({ note: expect.stringMatching(/^sealed:1:/), owner: expect.stringMatching(/^subject:/) });
    await expect(personal.payload(place, people, { people: [{ name: 'n' }] }, undefined)).rejects.toMatchObject({ code: 'data.subject_missing', field: '/payload/people/0/name' });
  });

  it('what comes of several subjects - is gone with the first of them', async () => {
    const { personal } = bed();
    const keys = await Promise.all(['a', 'b'].map((subject) => personal.keys.claim('acme', subject)));
    const sealer = await personal.result(place, {}, undefined, keys);
    const sealed = sealer.whole({ total: 3 });
    expect(await personal.open(place, sealed)).toEqual({ total: 3 });
    await personal.keys.destroy('acme', 'b', place.executionId);
    expect(await personal.open(place, sealed, () => undefined)).toEqual({ total: '[erased]' });
    await expect(personal.open(place, sealed)).rejects.toMatchObject({ code: 'data.erased' });
  });

  it('a sealed value put into another execution - stays closed, so copying it reveals nothing', async () => {
    const { personal } = bed();
    const { value } = await personal.payload(place, people, { note: 'secret', owner: 'o' }, undefined);
    expect(await personal.open({ ...place, executionId: '00000000-0000-4000-8000-000000000002' }, value)).toEqual(value);
    expect(await personal.open(place, value)).toMatchObject({ note: 'secret' });
  });

  it('a key destroyed by another runtime - is used here for no longer than it counts as fresh', async () => {
    const clock = new ManualClock();
    const ids = countingIds();
    const first = memoryPersonalData(clock, ids);
    const store = (first.keys as unknown as { parts: { store: Parameters<typeof memoryPersonalData>[2] } }).parts.store;
    const second = memoryPersonalData(clock, ids, store);
    const { value } = await first.payload(place, people, { note: 'secret', owner: 'o' }, undefined);
    expect(await second.open(place, value)).toMatchObject({ note: 'secret' });
    await first.keys.destroy('acme', 'o', place.executionId);
    clock.advance(KEY_FRESH_MS);
    await expect(second.open(place, value)).rejects.toMatchObject({ code: 'data.erased' });
  });

  it('a pseudonym - is the same for the same subject of a tenant, and another for another tenant', async () => {
    const { personal } = bed();
    await Promise.all(['acme', 'globex'].map((tenant) => personal.prepared(tenant)));
    expect(personal.keys.pseudonym('acme', 'x')).toBe(personal.keys.pseudonym('acme', personal.keys.pseudonym('acme', 'x')));
    expect(personal.keys.pseudonym('acme', 'x')).not.toBe(personal.keys.pseudonym('globex', 'x'));
  });
});

describe('files of several subjects - lose exactly the records of one', () => {
  const rewritten = async (text: string, column: string, name: string): Promise<string> => {
    const { bytes } = withoutRecords(Readable.from([Buffer.from(text.slice(0, 12)), Buffer.from(text.slice(12))]), column, (found) => found === name);
    const parts: Uint8Array[] = [];
    for await (const part of bytes) parts.push(part);
    return Buffer.concat(parts).toString('utf8');
  };

  it.each([
    ['comma, quoted newline', 'id,name\r\n1,"a\nb"\r\n2,c\r\n1,d\r\n', 'id,name\r\n2,c\r\n'],
    ['semicolon', 'name;id\nx;1\ny;2\n', 'name;id\ny;2\n'],
    ['no newline at the end', 'id,name\n2,b\n1,a', 'id,name\n2,b\n'],
    ['JSON lines', '{"id":"1","n":"a"}\n{"id":2}\n{"n":"b"}\n', '{"id":2}\n{"n":"b"}\n'],
    ['a column that is not there', 'a,b\n1,1\n', 'a,b\n1,1\n'],
  ])('%s', async (_what, before, after) => {
    expect(await rewritten(before, 'id', '1')).toBe(after);
  });
});

describe('the secret behind tenants’ keys', () => {
  const secretOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);
  const contract = { type: 'object', properties: { owner: { type: 'string', format: 'data-subject' }, name: { type: 'string', 'x-personal': { subject: '/owner' } } } };
  const bed = () => {
    const [store, clock, ids] = [new MemorySubjectKeys(), new ManualClock(), countingIds()];
    return (secret: number, previous?: number) => new PersonalData(new SubjectKeys({ store, clock, ids, secret: secretOf(secret), ...(previous === undefined ? {} : { previous: secretOf(previous) }) }));
  };
  const nameOf = async (personal: PersonalData): Promise<string> => (await personal.keys.prepare('acme'), personal.keys.pseudonym('acme', 'ada'));

  it('rotated - what was sealed opens, subjects keep their names, and the former secret is of no use any more', async () => {
    const open = bed();
    const before = open(1);
    const { value, keys } = await before.payload(place, contract, { owner: 'ada', name: 'Ada' }, undefined);
    const [name, mac] = [await nameOf(before), await before.objects.mac('acme', keys, 'f'.repeat(64))];
    await before.payload(place, contract, { owner: 'bob', name: 'Bob' }, undefined);
    await before.keys.destroy('acme', 'bob', place.executionId);

    const during = open(2, 1);
    expect([await during.open(place, value), await nameOf(during)]).toMatchObject([{ name: 'Ada' }, name]);
    expect(await during.keys.claim('acme', 'ada')).toBe(keys[0]);
    expect(await during.keys.rewrap('acme')).toEqual({ rewrapped: 1, unchanged: 0 });
    expect(await during.keys.rewrap('acme')).toEqual({ rewrapped: 0, unchanged: 1 });

    const after = open(2);
    expect([await after.open(place, value), await nameOf(after), await after.objects.mac('acme', keys, 'f'.repeat(64)), await after.keys.find('acme', 'bob')]).toMatchObject([{ name: 'Ada' }, name, mac, undefined]);
    await expect(open(1).open(place, value)).rejects.toMatchObject({ code: 'data.key_unknown' });
  });

  it('changed without a word of the former one - says so, and does not take the data for erased', async () => {
    const open = bed();
    const { value } = await open(1).payload(place, contract, { owner: 'ada', name: 'Ada' }, undefined);
    await expect(open(2).open(place, value)).rejects.toMatchObject({ code: 'data.key_unknown' });
  });

  it('a tenant met while both are given - is named alike once the former is dropped, though nobody rotated it', async () => {
    const [open, name] = [bed(), await nameOf(bed()(1))];
    expect([await nameOf(open(2, 1)), await nameOf(open(2))]).toEqual([name, name]);
    expect(await nameOf(bed()(2))).not.toBe(name);
  });

  it('rotated again - names go on, and so does one that was interrupted', async () => {
    const open = bed();
    const { value } = await open(1).payload(place, contract, { owner: 'ada', name: 'Ada' }, undefined);
    const name = await nameOf(open(1));
    await open(2, 1).keys.rewrap('acme');
    await nameOf(open(3, 2));
    await open(3, 2).keys.rewrap('acme');
    expect([await open(3).open(place, value), await nameOf(open(3))]).toMatchObject([{ name: 'Ada' }, name]);
  });
});
