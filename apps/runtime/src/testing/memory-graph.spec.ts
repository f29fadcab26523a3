import { randomUUID } from 'node:crypto';
import { stateGraphContract } from '@symphainy/ports/testing';
import { MemoryGraph } from './memory-graph.js';

stateGraphContract('memory', () => Promise.resolve(new MemoryGraph()), () => `t-${randomUUID().slice(0, 8)}`);
