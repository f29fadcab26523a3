import { type SecretStore } from './secrets.js';

export interface SecretStoreUnderTest {
  readonly store: SecretStore;
  /** Makes the store unreadable: its server away, its permission gone. Absent where nothing can. */
  readonly break?: () => Promise<void>;
  readonly close?: () => Promise<void>;
}

const HELD = { BUS_PASSWORD: 'p-$2"\\ ü', BUNDLE_SIGNING_KEY: '-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----' };

/** What every secret store does. `open` answers a store that holds exactly what it is given. */
export function secretStoreContract(name: string, open: (held: Readonly<Record<string, string>>) => Promise<SecretStoreUnderTest>): void {
  describe(`${name} - a secret store`, () => {
    let opened: SecretStoreUnderTest;
    beforeEach(async () => {
      opened = await open(HELD);
    });
    afterEach(() => opened.close?.());

    it('what is held - comes as it was put, quotes, newlines and all', async () => {
      expect(await opened.store.read(Object.keys(HELD))).toEqual(HELD);
    });

    it('what is not held - is left out, and what was not asked for is not told', async () => {
      expect(await opened.store.read(['BUS_PASSWORD', 'REDIS_URL'])).toEqual({ BUS_PASSWORD: HELD.BUS_PASSWORD });
    });

    it('a store that cannot be read - is an error that tells no secret', async () => {
      if (opened.break === undefined) return;
      await opened.break();
      const error = await opened.store.read(['BUS_PASSWORD']).then(() => undefined, (reason: unknown) => reason as Error);
      expect(error?.name).toBe('SecretStoreError');
      for (const secret of Object.values(HELD)) expect(`${error?.message} ${error?.stack}`).not.toContain(secret);
    });
  });
}
