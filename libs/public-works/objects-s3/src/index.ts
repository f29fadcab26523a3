/**
 * objects-s3: the object store on S3, or on a server that speaks its protocol.
 *
 * `<prefix>/<tenant>/<first two digits>/<hash>`. What is larger than one part is first written as `<prefix>/<tenant>/.incoming/<id>`, since its name is known only at its end, and then copied by
 * the server. A rule of the bucket should remove what a crash leaves under `.incoming` (and unfinished uploads) after a day.
 *
 * 1. An object's name appears only when its bytes are complete.
 * 2. A tenant's objects lie under its own prefix; names that are no tenant or no hash are never made into a key.
 * 3. Credentials are given, or come from the machine's role; they appear in no error.
 */
export { S3ObjectStore, s3OptionsOf, type S3Options } from './s3-object-store.js';
