import type { Client } from '@symphainy/client';
import { changeableLists } from '@symphainy/contracts';
import { readList } from '../govern/read-list.js';
import type { Lists } from './changed-entries.js';

/** The lists that candidates change and rollbacks bring back. */
export async function readChangeable(platform: Client, hash?: string): Promise<Lists> {
  const read = await Promise.all(changeableLists.map(async (list) => [list, (await readList(platform, list, hash)).entries] as const));
  return Object.fromEntries(read);
}
