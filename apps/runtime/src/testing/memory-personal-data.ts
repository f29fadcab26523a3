import type { Clock, IdSource } from '@symphainy/kernel';
import { PersonalData } from '../personal-data/personal-data.js';
import { MemorySubjectKeys } from '../personal-data/subject-keys.memory.js';
import { SubjectKeys, type SubjectKeyStore } from '../personal-data/subject-keys.js';

/** Personal data whose keys are in memory, and the same in every run. */
export function memoryPersonalData(clock: Clock, ids: IdSource, store: SubjectKeyStore = new MemorySubjectKeys()): PersonalData {
  let made = 0;
  const random = (): Uint8Array => new Uint8Array(32).fill(++made % 256);
  return new PersonalData(new SubjectKeys({ store, secret: new Uint8Array(32).fill(9), clock, ids, random }));
}
