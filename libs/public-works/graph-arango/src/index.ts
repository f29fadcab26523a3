/**
 * graph-arango: the state graph in ArangoDB.
 *
 * Two collections, `graph_nodes` and `graph_edges`, made when the graph is opened. Keys are `<tenant>:<digest of the id>`, since ids hold what keys may not; every query names its tenant first, and indexes lead with it.
 *
 * 1. Changes of one call are one transaction; the same changes again change nothing.
 * 2. Order is by bytes, whatever collation the server has: pages and comparisons are the same as of any other adapter.
 */
export { ArangoGraph } from './arango-graph.js';
