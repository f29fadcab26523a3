import type { Boundaries } from '../../boundaries.mjs';
import { type Project, projectsOf, valuesOf } from '../projects.js';
import type { Repository } from '../repository.js';

function problemsOf(project: Project, rules: Boundaries): string[] {
  const [types, floors, planes, doors] = (['type', 'floor', 'plane', 'for'] as const).map((key) => valuesOf(project, key)) as [string[], string[], string[], string[]];
  const problems: string[] = [];
  if (types.length !== 1) problems.push('needs exactly one type: tag');
  if (project.tags.some((tag) => tag.includes('*'))) problems.push('has a wildcard tag, which guards nothing');
  if (types[0] === 'lib' && (floors.length !== 1 || !rules.floors.includes(Number(floors[0])))) problems.push('needs exactly one floor: tag of the list');
  if (types[0] === 'lib' && doors.length === 0) problems.push('needs a for: tag, which says who may enter');
  if (types[0] === 'lib' && planes.length > 0) problems.push('is a library and stands on no plane');
  if (types[0] !== 'lib' && (planes.length !== 1 || !rules.planes.includes(planes[0] ?? ''))) problems.push('needs exactly one plane: tag of the list');
  if (types[0] !== 'lib' && floors.length > 0) problems.push('is no library and has no floor');
  return problems.map((problem) => `${project.directory}: ${problem}`);
}

/** Every project says what it is, where it stands and who may enter. An untagged project would slip through every constraint. */
export function checkTags(repo: Repository, rules: Boundaries): string[] {
  const untagged = projectsOf(repo).filter(({ directory }) => !repo.has(`${directory}/project.json`)).map(({ directory }) => `${directory}: has no project.json`);
  return [...untagged, ...projectsOf(repo).flatMap((project) => problemsOf(project, rules))];
}

/** No constraint is a wildcard, and each tag that places a project has one. */
export function checkConstraints(rules: Boundaries): string[] {
  const wild = rules.depConstraints.filter(({ sourceTag, onlyDependOnLibsWithTags }) => [sourceTag, ...onlyDependOnLibsWithTags].some((tag) => tag.includes('*')));
  const sources = new Set(rules.depConstraints.map(({ sourceTag }) => sourceTag));
  const wanted = [...rules.floors.map((floor) => `floor:${floor}`), ...rules.planes.map((plane) => `plane:${plane}`)];
  return [...wild.map(({ sourceTag }) => `constraint ${sourceTag}: a wildcard guards nothing`), ...wanted.filter((tag) => !sources.has(tag)).map((tag) => `no constraint for ${tag}`)];
}
