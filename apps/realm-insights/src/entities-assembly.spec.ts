import fc from 'fast-check';
import type { ContentCell } from '@symphainy/contracts';
import { entities as entitiesSchema } from './model/entities.schema.js';
import type { Table } from './model/table.schema.js';
import { resolveEntities } from './entities-assembly.js';

const tableOf = (columns: string[], rows: ContentCell[][]): Table => ({ id: 't1', name: 'one', columns: columns.map((name) => ({ name })), rows, source: {} });
const options = { one_to_one: true, threshold: 0.9 };

const FIRST = ['anna', 'bela', 'carla', 'dorit', 'edwin', 'franz', 'gerda', 'henry', 'irena', 'jonas'];
const LAST = ['abernathy', 'bonneville', 'castellano', 'dunkirk', 'eberhard', 'fitzroy', 'gallagher', 'hohenstein', 'ignatius', 'jarmusch'];
/** A hundred people, each with a name, a street and a number of their own. */
const people = Array.from({ length: 100 }, (_, i) => [i + 1, FIRST[i % 10]!, LAST[(i * 3 + Math.floor(i / 10)) % 10]!, `${10 + i} ${LAST[(i * 7) % 10]} street`, String(4_000_000 + i * 7919)]);
const columns = ['id', 'given name', 'surname', 'address', 'insurance no'];
/** Every fifth of them again, written otherwise. */
const again = people.filter((_, i) => i % 5 === 0).map(([id, given, surname, address, number], i) => [Number(id) + 1000, String(given).slice(0, 3) + String(given).slice(4), surname!, String(address).replace('street', 'St.'), i % 2 ? number! : null]);

describe('entities - rows of one thing, without examples', () => {
  it('a fifth of the rows stands twice, misspelt and with gaps - each is found, and nothing else', async () => {
    const report = await resolveEntities([tableOf(columns, [...people, ...again])], options);
    expect(report.pairs.map((p) => [p.left.row, p.right.row]).toSorted((a, b) => a[0]! - b[0]!)).toEqual(again.map((_, i) => [i * 5 + 1, 101 + i]));
    expect(report.entities[1]!.canonical).toMatchObject({ 'given name': 'franz', surname: people[5]![2], 'insurance no': people[5]![4] });
    expect(report.columns.map((c) => [c.name, c.compared_as])).toEqual([['given name', 'text'], ['surname', 'text'], ['address', 'text'], ['insurance no', 'code']]);
  });

  it('a pair - says what each column said, an absent value nothing', async () => {
    const { pairs } = await resolveEntities([tableOf(columns, [...people, ...again])], options);
    const pair = pairs.find((p) => p.left.row === 1)!;
    expect(pair.because.map((b) => [b.column, b.left, b.right, b.level])).toEqual([['given name', 'anna', 'ann', 'near'], ['surname', 'abernathy', 'abernathy', 'equal'], ['address', '10 abernathy street', '10 abernathy St.', 'equal']]);
    expect(pair.probability).toBeCloseTo(1 / (1 + 2 ** -pair.bits), 5);
  });

  it('two tables - pairs go across, columns by name, and each row has one partner at most', async () => {
    const other = tableOf(['ID', 'Given_Name', 'surname', 'Address', 'Insurance No'], [...again, [5000, 'ana', 'abernathy', '10 abernathy st', null]]);
    const report = await resolveEntities([tableOf(columns, people), other], options);
    expect(report.pairs.every((p) => p.left.table === 1 && p.right.table === 2)).toBe(true);
    expect(report.totals).toMatchObject({ pairs: 20, entities: 20 });
  });

  it('a column that numbers the rows - is not compared, unless it is asked for', async () => {
    const rows = people.slice(0, 40);
    expect((await resolveEntities([tableOf(columns, rows)], options)).columns.map((c) => c.name)).not.toContain('id');
    expect((await resolveEntities([tableOf(columns, rows)], { ...options, columns: ['id', 'surname'] })).columns.map((c) => c.name)).toEqual(['id', 'surname']);
    await expect(resolveEntities([tableOf(['id'], [[1], [2]])], options)).rejects.toMatchObject({ code: 'intent.payload_invalid', field: '/columns' });
    await expect(resolveEntities([tableOf(columns, rows)], { ...options, columns: ['nope'] })).rejects.toMatchObject({ field: '/columns/0' });
  });

  it('the key of an entity - follows from what its rows hold, not from where they stand', async () => {
    const keys = async (rows: ContentCell[][]) => (await resolveEntities([tableOf(columns, rows)], options)).entities.map((e) => e.key).toSorted();
    expect(await keys([...people, ...again])).toEqual(await keys([['x', 'zoltan', 'zimmermann', '999 zenith road', '9999999'], ...people, ...again]));
  });

  it('any table - the report fits its schema; no row is in two entities', async () => {
    const cell = fc.oneof(fc.constantFrom<ContentCell>(null, '', 'ann lee', 'ann lea', '12', '12 main st'), fc.integer(), fc.string({ maxLength: 6 }));
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 25 }), async (rows) => {
      const report = await resolveEntities([tableOf(['a', 'b'], rows)], { ...options, threshold: 0.5 });
      expect(entitiesSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
      const members = report.entities.flatMap((e) => e.members.map((m) => m.row));
      expect(new Set(members).size).toBe(members.length);
    }), { numRuns: 25 });
  });

  it('two tables whose columns are called otherwise, in another language - are paired by what they hold, and the report says which', async () => {
    const own = people.slice(0, 60);
    const other = again.map((row) => [row[3]!.toString().replace('street', 'St.'), row[2]!, row[1]!, row[4] ?? null]);
    const report = await resolveEntities([tableOf(columns, own), tableOf(['Anschrift', 'Nachname', 'Vorname', 'Versicherungsnummer'], other)], options);
    expect(report.columns.map(({ name, with: otherName }) => [name, otherName]).toSorted()).toEqual([['address', 'Anschrift'], ['insurance no', 'Versicherungsnummer'], ['surname', 'Nachname']].toSorted().concat(report.columns.some(({ name }) => name === 'given name') ? [['given name', 'Vorname']] : []).toSorted());
    expect(report.pairs.length).toBeGreaterThanOrEqual(6);
    expect(report.pairs.every(({ left, right }) => left.row === (right.row - 1) * 5 + 1)).toBe(true);
  });
});
