import { endsSignIn, problemOf } from './problem.js';

describe('problem - what the platform said is kept', () => {
  it('code, field and fix of a platform error', () => {
    const error = Object.assign(new Error('too large'), { code: 'upload.too_large', status: 413, field: '/file', fix: 'send less', executionId: undefined, other: 1 });
    expect(problemOf(error)).toEqual({ code: 'upload.too_large', message: 'too large', field: '/file', fix: 'send less' });
  });

  it('every wrong field, and the execution that records the refusal', () => {
    const errors = [{ field: '/payload/source', message: 'is required' }];
    const error = Object.assign(new Error('two fields'), { code: 'intent.payload_invalid', executionId: 'id', problem: { errors } });
    expect(problemOf(error)).toEqual({ code: 'intent.payload_invalid', message: 'two fields', executionId: 'id', fields: errors });
  });

  it('a lost connection says so', () => {
    expect(problemOf(new TypeError('Failed to fetch')).code).toBe('console.unreachable');
  });

  it('codes of the machinery are not shown as the platform’s', () => {
    expect(problemOf(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toEqual({ code: 'console.unexpected', message: 'x' });
    expect(problemOf('odd')).toEqual({ code: 'console.unexpected', message: 'odd' });
  });

  it('only refused credentials end the sign-in, not a gateway that cannot check them yet', () => {
    const ends = (code: string): boolean => endsSignIn({ code, message: '' });
    expect([ends('auth.expired'), ends('auth.revoked'), ends('auth.unavailable'), ends('policy.denied')]).toEqual([true, true, false, false]);
  });
});
