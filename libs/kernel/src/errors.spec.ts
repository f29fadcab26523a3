import fc from 'fast-check';
import { asPlatformError, fromWireError, PlatformError, toWireError, type WireError } from './errors.js';

const retry = fc.oneof(fc.constant({ mode: 'terminal' as const }), fc.nat().map((after_ms) => ({ mode: 'retryable' as const, after_ms })));
const flat = fc.record({ code: fc.string(), kind: fc.constantFrom('platform' as const, 'domain' as const, 'agent' as const), message: fc.string(), retry }, { requiredKeys: ['code', 'kind', 'message', 'retry'] });
const wire: fc.Arbitrary<WireError> = fc.letrec<{ error: WireError }>((tie) => ({ error: fc.tuple(flat, fc.option(tie('error'), { nil: undefined, maxDepth: 3 })).map(([error, cause]) => (cause === undefined ? error : { ...error, cause })) })).error;

describe('errors on the wire', () => {
  it('round trip - name, code, retryability and causes survive', () => {
    fc.assert(
      fc.property(wire, (error) => {
        const back = fromWireError(JSON.parse(JSON.stringify(toWireError(fromWireError(error)))) as WireError);
        expect(back).toBeInstanceOf(PlatformError);
        expect(toWireError(back)).toEqual(error);
      }),
    );
  });

  it('a foreign cause - is told by its name only: its text may hold a secret', () => {
    const error = new PlatformError({ code: 'x.y', kind: 'platform', message: 'm', retry: { mode: 'terminal' }, cause: new TypeError('password=hunter2') });
    const text = JSON.stringify(toWireError(error));
    expect(text).toContain('TypeError');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('at ');
  });

  it('a chain of causes that never ends - is cut', () => {
    const error = new PlatformError({ code: 'x.y', kind: 'platform', message: 'm', retry: { mode: 'terminal' } });
    (error as { cause: unknown }).cause = error;
    expect(JSON.stringify(toWireError(error)).length).toBeLessThan(5000);
  });

  it('instanceof - holds for the error of another copy of this library', () => {
    const foreign = Object.assign(new Error('m'), { symphainyError: true });
    expect(foreign).toBeInstanceOf(PlatformError);
    expect(new Error('m')).not.toBeInstanceOf(PlatformError);
  });

  it('anything thrown - becomes one of ours', () => {
    expect([asPlatformError('text').code, asPlatformError(undefined).code]).toEqual(['platform.internal', 'platform.internal']);
  });
});
