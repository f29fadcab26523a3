/** The thread in which a large artifact of embeddings is read: it is given its bytes, answers with their rows, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { rowsIn } from './embedding-rows.js';

parentPort?.postMessage(rowsIn(workerData as Uint8Array));
