import { PlatformError } from '@symphainy/kernel';
import { rule as ruleSchema, type Rule } from '../model/profile.schema.js';
import type { Table } from '../model/table.schema.js';
import { profileTable } from '../profile-assembly.js';

const table: Table = {
  id: 't1', name: 'policies', source: { sheet: 'Policies' },
  columns: [{ name: 'id' }, { name: 'premium' }, { name: 'start' }, { name: 'state' }, { name: 'town' }],
  rows: [
    ['P1', '100.50', '2024-01-01', 'AL', 'Dothan'],
    ['P2', '', '2023-06-30', 'AL', 'Dothan'],
    ['P2', '-5', '2024-05-05', 'XX', 'Dothxn'],
    ['P4', 'abc', 'soon', null, 'Boaz'],
    ['P5', 900, '2024-12-31', 'GA', 'Boaz'],
  ],
};
const check = (rule: Rule) => profileTable(table, [rule]).rules[0]!;
const rows = (rule: Rule) => check(rule).violations.listed.map((v) => v.row);
const errorOf = (rule: Rule): PlatformError => {
  try {
    check(rule);
  } catch (error) {
    return error as PlatformError;
  }
  throw new Error('the rule was accepted');
};

describe('rules - which cells break them', () => {
  it.each<[string, Rule, number[]]>([
    ['not_null', { rule: 'not_null', column: 'premium' }, [2]],
    ['not_null on null', { rule: 'not_null', column: 'state' }, [4]],
    ['unique', { rule: 'unique', column: 'id' }, [3]],
    ['unique where all differ', { rule: 'unique', column: 'start' }, []],
    ['range of numbers, ends included', { rule: 'range', column: 'premium', min: 0, max: 900 }, [3, 4]],
    ['range of numbers, below the top', { rule: 'range', column: 'premium', max: 100.49 }, [1, 4, 5]],
    ['range of dates', { rule: 'range', column: 'start', min: '2024-01-01', max: '2024-12-31' }, [2, 4]],
    ['regex over the whole value', { rule: 'regex', column: 'id', pattern: 'P[1-4]' }, [5]],
    ['in', { rule: 'in', column: 'state', values: ['AL', 'GA'] }, [3]],
    ['type', { rule: 'type', column: 'premium', type: 'decimal' }, [4]],
    ['type date', { rule: 'type', column: 'start', type: 'date' }, [4]],
    ['depends_on without a majority lists the whole group', { rule: 'depends_on', column: 'state', on: ['id'] }, [2, 3]],
    ['a column named in other case', { rule: 'not_null', column: 'PREMIUM' }, [2]],
  ])('%s', (_name, rule, broken) => {
    expect(rows(rule)).toEqual(broken);
  });

  it('a violation names the value, the reason and the cell', () => {
    expect(check({ rule: 'in', column: 'state', values: ['AL', 'GA'] }).violations).toEqual({
      count: 1, truncated: false,
      listed: [{ row: 3, value: 'XX', reason: 'not one of the 2 allowed values', source: { sheet: 'Policies', row: 3, column: 4, column_name: 'state' } }],
    });
  });

  it('depends_on - the minority is expected to hold the majority’s value', () => {
    const dependent = { ...table, columns: [{ name: 'zip' }, { name: 'town' }], rows: [['1', 'Boaz'], ['1', 'Boaz'], ['1', 'Boxz'], ['2', 'Dothan']] };
    expect(profileTable(dependent, [{ rule: 'depends_on', column: 'town', on: ['zip'] }]).rules[0]!.violations.listed).toMatchObject([{ row: 3, value: 'Boxz', expected: 'Boaz' }]);
  });

  it.each<[string, Rule, string]>([
    ['an unknown column', { rule: 'unique', column: 'nope' }, '/rules/0/column'],
    ['an unknown column in `on`', { rule: 'depends_on', column: 'id', on: ['id', 'nope'] }, '/rules/0/on/1'],
    ['a range without bounds', { rule: 'range', column: 'premium' }, '/rules/0'],
    ['a bound that is no number', { rule: 'range', column: 'premium', min: 'ten' }, '/rules/0/min'],
    ['a pattern that does not parse', { rule: 'regex', column: 'id', pattern: '(' }, '/rules/0/pattern'],
    ['a back-reference', { rule: 'regex', column: 'id', pattern: '(a)\\1' }, '/rules/0/pattern'],
    ['a look-ahead', { rule: 'regex', column: 'id', pattern: '(?=a)b' }, '/rules/0/pattern'],
  ])('%s - is refused by name', (_what, rule, field) => {
    expect(errorOf(rule)).toMatchObject({ code: 'intent.payload_invalid', field });
  });

  it('a pattern that would take backtracking for ever - is linear', () => {
    const long = { ...table, columns: [{ name: 'x' }], rows: [['a'.repeat(50_000) + '!']] };
    expect(profileTable(long, [{ rule: 'regex', column: 'x', pattern: '(a+)+$' }]).rules[0]!.violations.count).toBe(1);
  }, 5000);

  it('a rule of no known kind - the message names the kinds', () => {
    expect(ruleSchema.safeParse({ rule: 'fancy', column: 'id' }).error?.issues[0]?.message).toContain('depends_on');
  });
});
