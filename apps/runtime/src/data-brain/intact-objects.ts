import { failure, type ObjectRef } from '@symphainy/contracts';
import type { ObjectStore } from '@symphainy/ports';
import { storedSize } from '../personal-data/sealed-objects.js';

/** Whether a recorded object is there, of its recorded size. Throws `object.missing`, `object.hash_mismatch`. */
export async function intactObject(objects: ObjectStore, tenantId: string, object: ObjectRef): Promise<void> {
  const stat = await objects.stat(tenantId, object.hash);
  if (stat === undefined) throw failure('object.missing', { details: { hash: object.hash } });
  if (stat.size !== storedSize(object)) throw failure('object.hash_mismatch', { message: `the object has ${stat.size} bytes, not ${storedSize(object)}`, details: { hash: object.hash } });
}
