import { projectsOf } from '../projects.js';
import type { Repository } from '../repository.js';

const matches = (driver: string, name: string): boolean => (driver.endsWith('/') ? name.startsWith(driver) : name === driver);

/** Each vendor's driver is named by the package.json of the projects it belongs to and by no other, the root's included. */
export function checkDrivers(repo: Repository, drivers: Readonly<Record<string, string | readonly string[]>>): string[] {
  const named = (manifest: { dependencies?: object; devDependencies?: object }): string[] => [...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.devDependencies ?? {})];
  const holders = [
    ...projectsOf(repo).map(({ name, directory, manifest }) => ({ name, file: `${directory}/package.json`, packages: named(manifest) })),
    { name: 'the workspace', file: 'package.json', packages: named(JSON.parse(repo.text('package.json')) as { dependencies?: object }) },
  ];
  return holders.flatMap(({ name, file, packages }) =>
    packages.flatMap((found) => {
      const owners = [Object.entries(drivers).find(([driver]) => matches(driver, found))?.[1] ?? name].flat();
      return owners.includes(name) ? [] : [`${file}: names ${found}, which belongs to ${owners.join(' and ')} alone`];
    }),
  );
}
