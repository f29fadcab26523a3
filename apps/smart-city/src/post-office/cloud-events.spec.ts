import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { HTTP } from 'cloudevents';
import type { SubscribedFrame } from '@symphainy/contracts';
import { attentionEvent, eventsOf } from './cloud-events.js';

const at = '2026-01-01T00:00:00.000Z';
const frame: SubscribedFrame = {
  tenant_id: 'acme',
  stream_id: '0197a7a4-0000-7000-8000-000000000001',
  seq: 2,
  kind: 'execution',
  at,
  writer: 'w',
  n: 7,
  records: [
    { type: 'step_completed', at, actor: 'realm:content@1', step: 'parse', events: [{ type: 'claim_paid', data: { claim: 'größer' } }] },
    { type: 'execution_completed', at, actor: 'runtime' },
  ],
  about: { intent_type: 'content.ingest', session_id: '0197a7a4-0000-7000-8000-000000000002', user_id: 'alice', correlation_id: 'c' },
};
const events = [...eventsOf(frame), attentionEvent({ id: 'e', tenantId: 'acme', kind: 'stuck', subject: 's', at, data: {} })];
const corpus = process.env['CORPUS_DIR'];

describe('CloudEvents', () => {
  it('a frame - becomes an event a record and an event a domain event, in order, under ids that stay', () => {
    expect(eventsOf(frame).map(({ id, type, subject }) => [id, type, subject])).toEqual([
      [`${frame.stream_id}:2:0`, 'symphainy.record.step_completed', `${frame.stream_id}/parse`],
      [`${frame.stream_id}:2:0:0`, 'symphainy.event.claim_paid', `${frame.stream_id}/parse`],
      [`${frame.stream_id}:2:1`, 'symphainy.record.execution_completed', frame.stream_id],
    ]);
    expect(eventsOf(frame)).toEqual(eventsOf(structuredClone(frame)));
  });

  it.each([['binary'], ['structured']] as const)('%s mode - reads back equal, attributes and data', (mode) => {
    for (const event of events) expect(HTTP.toEvent(HTTP[mode](event as never))).toEqual(event);
  });

  it('attribute names - are lower-case letters and digits, at most twenty, as the specification asks', () => {
    for (const event of events) for (const name of Object.keys(JSON.parse(JSON.stringify(event)) as object)) expect(name).toMatch(/^[a-z0-9]{1,20}$/);
  });
});

if (corpus !== undefined) {
  describe('CloudEvents, by the corpus (CORPUS_DIR)', () => {
    it('the published schema - takes every event, and refuses one without a type', () => {
      const ajv = new Ajv({ strict: false });
      addFormats(ajv);
      const validate = ajv.compile(JSON.parse(readFileSync(join(corpus, 'governance', 'cloudevents', 'cloudevents.schema.json'), 'utf8')) as object);
      for (const event of events) expect([validate(JSON.parse(JSON.stringify(event))), validate.errors]).toEqual([true, null]);
      expect(validate({ ...JSON.parse(JSON.stringify(events[0])) as object, type: undefined })).toBe(false);
    });
  });
}
