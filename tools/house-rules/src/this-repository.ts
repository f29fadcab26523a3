import { resolve } from 'node:path';
import { repositoryAt } from './repository.js';

export const root = resolve(__dirname, '../../..');
/** The repository this file stands in. */
export const thisRepository = repositoryAt(root);
