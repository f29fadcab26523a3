import type { Repository } from '../repository.js';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean; readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

const nearest = (path: string, name: string): string[] => {
  const places: string[] = [];
  for (let directory = path; ; directory = directory.slice(0, Math.max(0, directory.lastIndexOf('node_modules/') - 1))) {
    places.push(`${directory === '' ? '' : `${directory}/`}node_modules/${name}`);
    if (directory === '') return places;
    if (!directory.includes('node_modules/')) directory = '';
  }
};

/** The lock names no registry, and `npm ci` will not find it incomplete (see tools/scripts/complete-lock.mjs). */
export function checkLock(repo: Repository): string[] {
  const { packages } = JSON.parse(repo.text('package-lock.json')) as Lock;
  return Object.entries(packages).flatMap(([path, entry]) => [
    ...(entry.resolved !== undefined && entry.link !== true ? [`${path}: says where it was downloaded from`] : []),
    ...Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => nearest(path, name).every((place) => packages[place] === undefined))
      .map((name) => `${path}: its optional ${name} is missing: run npm run deps:complete-lock`),
  ]);
}
