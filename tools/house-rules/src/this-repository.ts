import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type DescribedService, loadServices } from '@symphainy/scripts';
import { repositoryAt } from './repository.js';

export const root = resolve(__dirname, '../../..');
/** The repository this file stands in. */
export const thisRepository = repositoryAt(root);
/** The seven services, by the sources of their doors. */
export const theseServices = (): DescribedService[] => loadServices(root, 'src/index.ts', createRequire(__filename));
