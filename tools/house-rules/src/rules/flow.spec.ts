import { planes, subjects, type Plane, type SubjectEntry } from '@symphainy/contracts';
import { z } from 'zod';
import { checkFlow, checkOverlaps } from './flow.js';

const message = (publisher: Plane[], consumer: Plane): SubjectEntry => ({ publisher, consumer, delivery: 'one', request: z.unknown() });

describe('the flow of messages', () => {
  it('the catalogue - draws only the arrows of the design', () => {
    expect(checkFlow(subjects)).toEqual([]);
  });

  it.each([
    ['gateway', 'realm'],
    ['realm', 'realm'],
    ['realm', 'gateway'],
    ['gateway', 'gateway'],
    ['smart-city', 'realm'],
  ] as [Plane, Plane][])('a planted arrow %s → %s - is found', (publisher, consumer) => {
    expect(checkFlow({ ...subjects, 'planted.arrow': message([publisher], consumer) })).toEqual([`planted.arrow: ${publisher} → ${consumer} is no arrow of the design`]);
  });

  it('a publisher added to a subject that exists - is found', () => {
    expect(checkFlow({ 'realm.{realm}.{tenant}.step': message(['runtime', 'gateway'], 'realm') })).toEqual(['realm.{realm}.{tenant}.step: gateway → realm is no arrow of the design']);
  });

  it('a realm or the gateway that says more to Smart City than that it is there - is found', () => {
    expect(checkFlow({ 'smart-city.policy.change': message(['realm', 'gateway'], 'smart-city') })).toHaveLength(2);
    expect(checkFlow({ 'smart-city.register.{service}.{realm}': message([...planes], 'smart-city') })).toEqual([]);
  });
});

describe('subjects that could be mistaken for each other', () => {
  it('the catalogue - has none', () => {
    expect(checkOverlaps(Object.keys(subjects))).toEqual([]);
  });

  it('a token that can take another subject’s word - is found', () => {
    expect(checkOverlaps(['runtime.{instance}.command', 'runtime.session.{verb}', 'runtime.session.read'])).toEqual(['runtime.{instance}.command and runtime.session.{verb} can match the same message', 'runtime.session.{verb} and runtime.session.read can match the same message']);
  });
});
