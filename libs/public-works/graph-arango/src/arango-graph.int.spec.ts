import { randomUUID } from 'node:crypto';
import { stateGraphContract } from '@symphainy/ports/testing';
import { ArangoGraph } from './index.js';

/** `ARANGO_URL`, where an ArangoDB server is reachable: `http://<user>:<password>@<host>:<port>/<database>`. */
const url = process.env['ARANGO_URL'];

(url === undefined ? describe.skip : describe)('graph-arango (ARANGO_URL)', () => {
  stateGraphContract('arango', () => ArangoGraph.open(url ?? ''), () => `t-${randomUUID().slice(0, 8)}`);
});
