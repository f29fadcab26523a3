import { failure } from '@symphainy/contracts';
import type { WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';

/** The moment at which lineage is asked for: one that is named, or when a run ended; undefined: now, as for a run that still goes on. Throws `execution.not_found`. */
export async function asAt(reader: WalReader, tenantId: string, { as_of, run }: { readonly as_of?: string | undefined; readonly run?: string | undefined }): Promise<string | undefined> {
  if (as_of !== undefined || run === undefined) return as_of;
  const folded = await foldStream(reader, tenantId, run);
  if (folded === undefined) throw failure('execution.not_found', { field: '/run' });
  return folded.head.at;
}
