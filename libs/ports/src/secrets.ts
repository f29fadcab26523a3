/** Where secrets are kept. A service asks once, when it boots, for those that its env contract names. */
export interface SecretStore {
  /** Those of `names` that this store holds; the others are absent from the answer. Rejects with SecretStoreError when the store cannot say. */
  read(names: readonly string[]): Promise<Readonly<Record<string, string>>>;
}

/** A store could not be read. The message names the store and what to do, never a secret. */
export class SecretStoreError extends Error {
  override readonly name = 'SecretStoreError';
}
