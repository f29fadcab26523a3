import { subjects, type SubjectEntry } from '@symphainy/contracts';
import { z } from 'zod';
import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkSubjectTexts, checkSubjectUse } from './subject-use.js';

const catalogue: Record<string, SubjectEntry> = {
  'runtime.ping': { publisher: ['gateway'], consumer: 'runtime', delivery: 'one', request: z.unknown() },
  'realm.{realm}.step': { publisher: ['runtime'], consumer: 'realm', delivery: 'one', request: z.unknown() },
};

const workspace = (over: Record<string, string> = {}) =>
  repositoryOf({
    'apps/g/package.json': '{}',
    'apps/g/project.json': '{"name":"g","tags":["type:app","plane:gateway"]}',
    'apps/g/src/a.ts': "channels.request('runtime.ping', {}, body);",
    'apps/r/package.json': '{}',
    'apps/r/project.json': '{"name":"r","tags":["type:app","plane:runtime"]}',
    'apps/r/src/a.ts': "channels.serve('runtime.ping', {}, handle); channels.publish('realm.{realm}.step', { realm }, body);",
    'libs/sdk/package.json': '{}',
    'libs/sdk/project.json': '{"name":"sdk","tags":["type:lib","for:realm"]}',
    'libs/sdk/src/a.ts': "channels.subscribe('realm.{realm}.step', { realm }, handle);",
    ...over,
  });

describe('the use of subjects', () => {
  it('this repository - each subject is sent and taken by the planes the catalogue names', () => {
    expect(checkSubjectUse(thisRepository, subjects)).toEqual([]);
  });

  it('all used - nothing is found', () => {
    expect(checkSubjectUse(workspace(), catalogue)).toEqual([]);
  });

  it('a subject its publisher never sends - is found', () => {
    expect(checkSubjectUse(workspace({ 'apps/g/src/a.ts': '' }), catalogue)).toEqual(['runtime.ping: gateway may send it but never does']);
  });

  it('a subject its consumer never takes - is found, also when it only sends it', () => {
    expect(checkSubjectUse(workspace({ 'libs/sdk/src/a.ts': "channels.publish('realm.{realm}.step', {}, body);" }), catalogue)).toEqual(['realm.{realm}.step: realm never takes it']);
  });
});

describe('subjects written by hand', () => {
  it('this repository - has none', () => {
    expect(checkSubjectTexts(thisRepository, subjects)).toEqual([]);
  });

  it('a subject composed in place - is found', () => {
    expect(checkSubjectTexts(workspace({ 'apps/r/src/b.ts': 'bus.publish(`realm.${realm}.step`, data);' }), catalogue)).toEqual(['apps/r/src/b.ts:1: writes the subject "realm.…" itself']);
  });

  it('a pattern written in place - is found', () => {
    expect(checkSubjectTexts(workspace({ 'apps/r/src/b.ts': "bus.subscribe('realm.content.step', handle);" }), catalogue)).toEqual(['apps/r/src/b.ts:1: writes the subject "realm.content.step…" itself']);
  });
});
