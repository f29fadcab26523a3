import { env, EnvContractError, readEnv } from './env-contract.js';

const contract = {
  PORT: env.integer({ description: 'port', group: 'http', default: '0', min: 0, max: 65535 }),
  DATABASE_URL: env.url({ description: 'where the log is', group: 'log', protocols: ['postgres'] }),
  TOKEN_KEY: env.secretKey({ description: 'signs tokens', group: 'security' }),
  MODE: env.choice({ description: 'mode', group: 'x', choices: ['a', 'b'], default: 'a' }),
  NOTE: env.optionalText({ description: 'note', group: 'x' }),
  LIST: { ...env.text({ description: 'names', group: 'x', default: '' }), parse: (text: string) => text.split(',').filter((name) => name !== '') },
};
const good = { DATABASE_URL: 'postgres://db.local/x', TOKEN_KEY: 'ab'.repeat(32) };

describe('env contract', () => {
  it('good variables - are read in their types, defaults filled in', () => {
    expect(readEnv(contract, good)).toEqual({ PORT: 0, DATABASE_URL: 'postgres://db.local/x', TOKEN_KEY: new Uint8Array(32).fill(0xab), MODE: 'a', LIST: [] });
  });

  it('bad variables - are all named at once, never quoted', () => {
    const source = { PORT: '70000', DATABASE_URL: 'hunter2-not-a-url', TOKEN_KEY: 'too-short-secret', MODE: 'z' };
    const caught = (() => {
      try {
        return readEnv(contract, source);
      } catch (error) {
        return error;
      }
    })();
    expect(caught).toBeInstanceOf(EnvContractError);
    const { message, problems } = caught as EnvContractError;
    expect(problems.map((p) => p.variable)).toEqual(['PORT', 'DATABASE_URL', 'TOKEN_KEY', 'MODE']);
    for (const value of ['70000', 'hunter2', 'too-short-secret']) expect(message).not.toContain(value);
  });

  it('an empty text - counts as unset', () => {
    expect(() => readEnv(contract, { ...good, DATABASE_URL: '' })).toThrow(/DATABASE_URL is required/);
  });
});
