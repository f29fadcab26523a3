import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cell, generatedHeader, table } from './markdown.js';

interface Module {
  readonly directory: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly purpose: string;
  readonly dependsOn: readonly string[];
}

const SCOPE = '@symphainy/';
const FOLDERS = ['libs', 'libs/public-works', 'apps', 'tools'];

/** The first sentence of the comment that a door opens with, its own name left out. */
function purposeOf(root: string, directory: string): string {
  const door = ['src/index.ts', 'src/main.ts', 'src/main.tsx'].map((file) => join(root, directory, file)).find((file) => existsSync(file));
  const text = door === undefined ? '' : readFileSync(door, 'utf8');
  const comment = /^\s*\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? /^((?:\/\/.*\n)+)/.exec(text)?.[1] ?? '';
  const plain = comment.replace(/^\s*(\*|\/\/) ?/gm, '').replaceAll(/\s+/g, ' ').trim();
  return plain.replace(/^[\w-]+: /, '').split(/(?<=[a-z)])[.;] /)[0]?.replace(/\.$/, '') ?? '';
}

function moduleAt(root: string, directory: string): Module {
  const manifest = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> };
  const project = JSON.parse(readFileSync(join(root, directory, 'project.json'), 'utf8')) as { name: string; tags: string[] };
  const dependsOn = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith(SCOPE)).map((name) => name.slice(SCOPE.length));
  return { directory, name: project.name, tags: project.tags, purpose: purposeOf(root, directory), dependsOn };
}

const tagged = (module: Module, key: string): string[] => module.tags.filter((tag) => tag.startsWith(`${key}:`)).map((tag) => tag.slice(key.length + 1));
const floorOf = (module: Module): number => Number(tagged(module, 'floor')[0] ?? 9);
const row = (module: Module, place: string): string[] => [place, `[${module.name}](../../${module.directory})`, cell(module.purpose), [...module.dependsOn].sort().join(', ')];

/** docs/reference/modules.md: every project, where it stands, who may use it, and what it uses. */
export function renderModulesReference(root: string): string {
  const directories = FOLDERS.flatMap((folder) => readdirSync(join(root, folder)).sort().map((name) => `${folder}/${name}`)).filter((directory) => existsSync(join(root, directory, 'project.json')));
  const modules = directories.map((directory) => moduleAt(root, directory));
  const libraries = modules.filter((module) => tagged(module, 'type')[0] === 'lib').sort((a, b) => floorOf(a) - floorOf(b));
  const programs = modules.filter((module) => tagged(module, 'type')[0] !== 'lib');
  return [
    generatedHeader('Modules', 'each project’s `project.json`, `package.json` and door'),
    'A library imports only from lower floors; an application imports libraries whose door is open to its plane, and no application.\n',
    `## Libraries\n\n${table(['floor', 'library', 'what it is for', 'depends on', 'open to'], libraries.map((module) => [...row(module, String(floorOf(module))), tagged(module, 'for').join(', ')]))}`,
    `## Applications and tools\n\n${table(['plane', 'project', 'what it is for', 'depends on'], programs.map((module) => row(module, tagged(module, 'plane').join(', '))))}`,
  ].join('\n');
}
