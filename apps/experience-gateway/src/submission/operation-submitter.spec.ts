import { failure, type Caller } from '@symphainy/contracts';
import type { PlatformError } from '@symphainy/kernel';
import type { ServiceHost } from '@symphainy/service-host';
import type { FastifyReply } from 'fastify';
import { OperateController } from '../routes/operate.controller.js';
import { OperationSubmitter } from './operation-submitter.js';

const caller: Caller = { tenant_id: 'acme', user_id: 'olga', roles: ['operator'], auth: 'api_key' };
const origin = { caller, correlationId: 'c-1' };

/** What a caller is told of a payload whose `field` the Runtime refuses. */
async function told(field: string, ask: (submitter: OperationSubmitter, host: ServiceHost) => Promise<unknown>): Promise<[string | undefined, string]> {
  const refused = failure('intent.payload_invalid', { field, message: `${field} must have something else` });
  const host = { ids: { next: () => 'o-1' }, channels: { request: () => Promise.reject(refused) } } as unknown as ServiceHost;
  const error = await ask(new OperationSubmitter(host), host).then(() => undefined, (thrown: PlatformError) => thrown);
  return [error?.field, error?.message ?? ''];
}

describe('a refused operation', () => {
  it('whose payload the request holds as its body - names the field where the request has it', async () => {
    expect(await told('/payload/cron', (submitter) => submitter.submit(origin, 'schedule', { cron: 'soon' }, 0))).toEqual(['/cron', '/cron must have something else']);
    expect(await told('/payload/step', (submitter) => submitter.apply(origin, 'retry', 'e', { step: '?' }))).toEqual(['/step', '/step must have something else']);
    expect(await told('/intent_type', (submitter) => submitter.submit(origin, 'cancel', {}))).toEqual(['/intent_type', '/intent_type must have something else']);
  });

  it.each([['/payload/signal', '/arguments/signal'], ['/payload/query/status', '/query/status'], ['/payload/reason', '/reason'], ['/payload/query_too', '/arguments/query_too']])('in bulk, for %s - names %s', async (field, there) => {
    const input = { auth: { caller }, correlationId: 'c-1', body: { operation: 'signal', query: { of: 'mine', limit: 10 }, arguments: {} } } as unknown as Parameters<OperateController['inBulk']>[0];
    expect((await told(field, (submitter, host) => new OperateController(host, submitter).inBulk(input, {} as FastifyReply)))[0]).toBe(there);
  });
});

describe('an operation under an idempotency key', () => {
  it('is ordered with the key that the request came with; a key that stands for another request is told where the request has it', async () => {
    const ordered: unknown[] = [];
    const host = { ids: { next: () => 'o-1' }, channels: { request: (_subject: string, _at: object, order: unknown) => (ordered.push(order), Promise.reject(failure('intent.duplicate', { field: '/idempotency_key' }))) } } as unknown as ServiceHost;
    const input = { auth: { caller }, correlationId: 'c-1', idempotencyKey: 'k', params: { execution_id: 'e' }, body: {} } as unknown as Parameters<OperateController['pause']>[0];
    await expect(new OperateController(host, new OperationSubmitter(host)).pause(input)).rejects.toMatchObject({ code: 'intent.duplicate', field: '/headers/idempotency-key' });
    expect(ordered).toMatchObject([{ idempotency_key: 'k' }]);
  });
});

describe('an operation that nobody answers', () => {
  it('its runtime may have died with it accepted - names the execution in which its caller can look', async () => {
    const ordered: unknown[] = [];
    const host = { ids: { next: () => 'o-1' }, channels: { request: (_subject: string, _at: object, order: unknown) => (ordered.push(order), Promise.reject(failure('wait.elapsed'))) } } as unknown as ServiceHost;
    await expect(new OperationSubmitter(host).submit(origin, 'pause', {})).rejects.toMatchObject({ code: 'wait.elapsed', details: { operation_id: 'o-1' } });
    expect(ordered).toMatchObject([{ operation_id: 'o-1' }]);
  });
});
