/**
 * objects-files: the object store on a file system.
 *
 * `<root>/<tenant>/<first two digits>/<hash>`, written under `<root>/.incoming` first. Several processes may share a root.
 *
 * 1. An object's name appears only when its bytes are complete and on the disk (file synced, renamed, directory synced).
 * 2. A tenant's objects lie under its own directory; names that are no tenant or no hash are never made into a path.
 * 3. What a crash leaves in `.incoming` is removed by a later start, a day after.
 */
export { FileObjectStore } from './file-object-store.js';
