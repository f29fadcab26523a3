import { importsOf, packageOf } from '../imports.js';
import { isSpec, isTestCode, type Project, projectsOf, SCOPE, sourcesOf } from '../projects.js';
import type { Repository } from '../repository.js';

interface Uses {
  /** Packages that the code which ships imports. */
  readonly shipped: ReadonlySet<string>;
  /** Packages that only test code imports. */
  readonly tested: ReadonlySet<string>;
}

/** A library's second door ships with it; an application's test beds do not. A project of tests ships nothing but them. */
function testCodeOf(project: Project): (path: string) => boolean {
  if (project.tags.includes('type:e2e')) return () => false;
  return project.tags.includes('type:lib') ? isSpec : isTestCode;
}

function usesOf(repo: Repository, project: Project): Uses {
  const packages = (paths: string[]): Set<string> => new Set(paths.flatMap((path) => importsOf(repo, path)).flatMap((name) => packageOf(name) ?? []));
  const sources = sourcesOf(repo, project.directory);
  const onlyTests = testCodeOf(project);
  const shipped = packages(sources.filter((path) => !onlyTests(path)));
  const tested = packages(sources.filter(onlyTests));
  for (const name of shipped) tested.delete(name);
  tested.delete(project.manifest.name ?? '');
  return { shipped, tested };
}

const internal = (names: Iterable<string>): string[] => [...names].filter((name) => name.startsWith(SCOPE)).sort();
const missing = (wanted: readonly string[], present: readonly string[]): string[] => wanted.filter((name) => !present.includes(name));

function internalProblems(project: Project, uses: Uses, directories: ReadonlyMap<string, string>): string[] {
  const declared = internal(Object.keys(project.manifest.dependencies ?? {}));
  const forTests = internal(Object.keys(project.manifest.devDependencies ?? {}));
  const references = project.references;
  const directoryOf = (name: string): string => directories.get(name) ?? `(no project ${name})`;
  const wantedReferences = declared.map(directoryOf);
  return [
    ...missing(internal(uses.shipped), declared).map((name) => `imports ${name}, which its package.json does not name`),
    ...missing(declared, internal(uses.shipped)).map((name) => `names ${name} in dependencies, but no shipped code imports it`),
    ...missing(internal(uses.tested), [...declared, ...forTests]).map((name) => `its tests import ${name}, which devDependencies do not name`),
    ...missing(forTests, internal(uses.tested)).map((name) => `names ${name} in devDependencies, but no test alone imports it`),
    ...(project.buildable ? missing(wantedReferences, references).map((path) => `tsconfig.json lacks the reference to ${path}`) : []),
    ...missing(references, [...wantedReferences, ...forTests.map(directoryOf)]).map((path) => `tsconfig.json refers to ${path}, which is no dependency`),
  ];
}

/** package.json, tsconfig references and the imports tell the same story about workspace packages. */
export function checkInternalDependencies(repo: Repository): string[] {
  const projects = projectsOf(repo);
  const directories = new Map(projects.map(({ manifest, directory }) => [manifest.name ?? '', directory]));
  return projects.flatMap((project) => internalProblems(project, usesOf(repo, project), directories).map((problem) => `${project.directory}: ${problem}`));
}

const known = (project: Project): Set<string> => new Set(Object.keys({ ...project.manifest.dependencies, ...project.manifest.optionalDependencies, ...project.manifest.devDependencies }));

/** A package that shipped code imports is named by the project itself, as needed or as optional: what the root happens to have installed is not in the image. */
export function checkExternalDependencies(repo: Repository): string[] {
  const root = JSON.parse(repo.text('package.json')) as { devDependencies?: Record<string, string> };
  return projectsOf(repo).flatMap((project) => {
    const { shipped, tested } = usesOf(repo, project);
    const declared = Object.keys({ ...project.manifest.dependencies, ...project.manifest.optionalDependencies });
    const forTests = new Set([...known(project), ...Object.keys(root.devDependencies ?? {}), '@jest/globals']);
    const external = (names: ReadonlySet<string>): string[] => [...names].filter((name) => !name.startsWith(SCOPE));
    const tool = project.tags.includes('plane:tools') || project.tags.includes('plane:console');
    return [
      ...missing(external(shipped), tool ? [...forTests] : declared).map((name) => `${project.directory}: imports ${name}, which its package.json does not name`),
      ...missing(external(tested), [...forTests]).map((name) => `${project.directory}: its tests import ${name}, which no package.json names`),
    ];
  });
}

/** Code that ships does not enter the doors made for tests. */
export function checkTestDoors(repo: Repository): string[] {
  const shipping = projectsOf(repo)
    .filter(({ tags }) => !tags.includes('plane:tools'))
    .flatMap(({ directory }) => sourcesOf(repo, directory))
    .filter((path) => !isTestCode(path));
  return shipping.flatMap((path) => importsOf(repo, path).filter((name) => name.startsWith(SCOPE) && name.endsWith('/testing')).map((name) => `${path}: imports ${name}, a door for tests`));
}
