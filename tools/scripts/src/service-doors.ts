import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { planes } from '@symphainy/contracts';
import type { DescribedService } from './env-reference.js';

/** Applications that are services: those on one of the catalogue's planes, in order of plane and name. */
export function serviceApps(root: string): string[] {
  const planeOf = (app: string): number => {
    const { tags } = JSON.parse(readFileSync(join(root, 'apps', app, 'project.json'), 'utf8')) as { tags: string[] };
    return planes.findIndex((plane) => tags.includes(`plane:${plane}`));
  };
  return readdirSync(join(root, 'apps'))
    .filter((app) => planeOf(app) >= 0)
    .sort((a, b) => planeOf(a) - planeOf(b) || a.localeCompare(b));
}

const isService = (value: unknown): value is DescribedService => typeof value === 'object' && value !== null && 'name' in value && 'plane' in value && 'env' in value;

/**
 * The definitions behind the app doors. No project but standalone may import an application, so the doors are loaded as data, by path:
 * `load` is `require` over built code, or the test runner's over sources. A door that exports no definition is an error.
 */
export function loadServices(root: string, door: string, load: (path: string) => unknown): DescribedService[] {
  return serviceApps(root).map((app) => {
    const found = Object.values(load(join(root, 'apps', app, door)) as Record<string, unknown>).find(isService);
    if (found === undefined) throw new Error(`apps/${app}: its door exports no service definition`);
    return found;
  });
}
