import { posix } from 'node:path';
import type { Repository } from '../repository.js';

const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ''));
const documents = (repo: Repository): string[] => repo.paths.filter((path) => path.endsWith('.md'));

function linkProblems(repo: Repository, path: string): string[] {
  const links = [...withoutFences(repo.text(path)).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, link]) => link ?? '');
  return links
    .filter((link) => !/^(https?:|mailto:|#)/.test(link))
    .map((link) => decodeURI(link.replace(/#.*$/, '')))
    .filter((link) => !repo.has(posix.normalize(posix.join(posix.dirname(path), link))))
    .map((link) => `${path}: the link to ${link} leads nowhere`);
}

const PLACE = /^(apps|libs|tools|docs|deploy|\.ci)\/[\w./-]+$/;

/** `libs/x/src/y.ts` in backticks is a promise that it exists. Names with placeholders and dist folders are not. */
function pathProblems(repo: Repository, path: string): string[] {
  const quoted = [...withoutFences(repo.text(path)).matchAll(/`([^`\n]+)`/g)].map(([, text]) => (text ?? '').replace(/:\d+$/, ''));
  return quoted.filter((text) => PLACE.test(text) && !/\/(dist|node_modules)(\/|$)/.test(text) && !repo.has(text)).map((text) => `${path}: names ${text}, which does not exist`);
}

/** Everything that the documents point to is there. */
export function checkDocs(repo: Repository): string[] {
  return documents(repo).flatMap((path) => [...linkProblems(repo, path), ...pathProblems(repo, path)]);
}

/** The scripts of the package.json nearest to a document: an isolated package has its own. */
function scriptsFor(repo: Repository, path: string): Readonly<Record<string, string>> {
  let folder = posix.dirname(path);
  while (folder !== '.' && !repo.has(`${folder}/package.json`)) folder = posix.dirname(folder);
  return (JSON.parse(repo.text(posix.join(folder, 'package.json'))) as { scripts?: Record<string, string> }).scripts ?? {};
}

/** `npm run x` in a document names a script. */
export function checkCommands(repo: Repository): string[] {
  return documents(repo).flatMap((path) => {
    const scripts = scriptsFor(repo, path);
    const named = [...repo.text(path).matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g)].map(([, script]) => script ?? '');
    return named.filter((script) => scripts[script] === undefined).map((script) => `${path}: there is no script ${script}`);
  });
}
