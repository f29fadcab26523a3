// `npm run tail`: what has grown longest.
import { resolve } from 'node:path';
import { repositoryAt } from './repository.js';
import { tailOf, tailText } from './tail.js';

console.log(tailText(tailOf(repositoryAt(resolve(__dirname, '../../..')))));
