import { words } from '@symphainy/contracts';

export const json = words.json;
