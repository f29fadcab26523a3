import { randomUUID } from 'node:crypto';
import { stateGraphContract } from '@symphainy/ports/testing';
import { ArangoGraph } from './index.js';

/** `ARANGO_URL`, where an ArangoDB server is reachable: `http://<user>:<password>@<host>:<port>/<database>`. */
const url = process.env['ARANGO_URL'];

if (url !== undefined) stateGraphContract('arango', () => ArangoGraph.open(url), () => `t-${randomUUID().slice(0, 8)}`);

describe('graph-arango (ARANGO_URL)', () => {
  it('without a server - opening says so, and does not wait for ever', async () => {
    await expect(ArangoGraph.open('http://nobody:none@127.0.0.1:1/none')).rejects.toThrow();
  });
});
