import { patternFor, subjectFor, subjects } from './subjects.js';

describe('subject catalogue', () => {
  it('subjectFor - fills every token', () => {
    expect(subjectFor('realm.{realm}.{tenant}.step', { realm: 'content', tenant: 'acme' })).toBe('realm.content.acme.step');
  });

  it.each(['a.b', '*', '>', 'a b', ''])('subjectFor - a value that is no single token ("%s") is refused: it would reach other subjects', (tenant) => {
    expect(() => subjectFor('realm.{realm}.{tenant}.step', { realm: 'content', tenant })).toThrow(/"tenant" is not a subject token/);
  });

  it('patternFor - tokens left out become wildcards', () => {
    expect(patternFor('realm.{realm}.{tenant}.step', { realm: 'content' })).toBe('realm.content.*.step');
  });

  it('no two subjects can be mistaken for each other', () => {
    const shapes = Object.keys(subjects).map((s) => s.replace(/\{\w+\}/g, '*').split('.'));
    const overlap = (a: string[], b: string[]): boolean => a.length === b.length && a.every((token, i) => token === '*' || b[i] === '*' || token === b[i]);
    const clashes = shapes.flatMap((a, i) => shapes.slice(i + 1).filter((b) => overlap(a, b)).map((b) => `${a.join('.')} ~ ${b.join('.')}`));
    expect(clashes).toEqual([]);
  });
});
