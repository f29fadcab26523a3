import { randomUUID } from 'node:crypto';
import { objectStoreContract } from '@symphainy/ports/testing';
import { S3ObjectStore, s3OptionsOf } from './index.js';

/** `OBJECTS_S3_URL`, where an S3 server is reachable: `s3://<key>:<secret>@<bucket>?endpoint=<url>`, the bucket there already. */
const url = process.env['OBJECTS_S3_URL'];

if (url !== undefined) describe('objects-s3 (OBJECTS_S3_URL)', () => {
  const fresh = (): S3ObjectStore => new S3ObjectStore({ ...s3OptionsOf(url), prefix: `spec/${randomUUID()}` });

  objectStoreContract('objects-s3', () => Promise.resolve(fresh()));

  it('put - more than a part is hashed as a whole, and its draft is gone', async () => {
    const store = fresh();
    const block = new Uint8Array(5 * 1024 * 1024).fill(7);
    const { hash, size } = await store.put('acme', (async function* () { await Promise.resolve(); yield block; yield block; yield block; })());
    expect([size, await store.stat('acme', hash)]).toEqual([block.length * 3, { size }]);
  });
});

describe('objects-s3 address', () => {
  it('s3OptionsOf - takes bucket, prefix, endpoint, region and escaped credentials apart, and leaves out what is not there', () => {
    expect(s3OptionsOf('s3://key:se%2Fcret@bucket/a/b/?endpoint=http%3A%2F%2Fs3%3A9000&region=eu-1')).toEqual({ bucket: 'bucket', prefix: 'a/b', endpoint: 'http://s3:9000', region: 'eu-1', credentials: { accessKeyId: 'key', secretAccessKey: 'se/cret' } });
    expect(s3OptionsOf('s3://bucket')).toEqual({ bucket: 'bucket' });
  });
});
