import type { Clock, IdSource } from '@symphainy/kernel';
import { openDatabase, runtimeUrls } from '@symphainy/store-postgres';
import { PersonalData } from './personal-data.js';
import { PostgresSubjectKeys } from './subject-keys.postgres.js';
import { SubjectKeys } from './subject-keys.js';

export interface PersonalDataOptions {
  readonly url: string;
  readonly roleKey: Uint8Array;
  /** The runtimes' secret that tenants' keys follow from. */
  readonly secret: Uint8Array;
  /** The one before it, while keys are wrapped anew. */
  readonly previous?: Uint8Array | undefined;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly onIdleError: (error: Error) => void;
}

/** Personal data over subject keys in Postgres. Nothing connects before the first personal value. */
export function openPersonalData({ url, roleKey, secret, previous, clock, ids, onIdleError }: PersonalDataOptions): { readonly personal: PersonalData; close(): Promise<void> } {
  const database = openDatabase({ url: runtimeUrls(url, roleKey).keeper, applicationName: 'runtime keeper', poolMax: 4, onIdleError });
  return { personal: new PersonalData(new SubjectKeys({ store: new PostgresSubjectKeys(database), secret, previous, clock, ids })), close: () => database.close() };
}
