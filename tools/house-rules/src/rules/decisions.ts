import { posix } from 'node:path';
import type { Repository } from '../repository.js';

const FOLDER = 'docs/decisions';
const HEADINGS = ['Status', 'Context', 'Decision', 'Consequences'];
const STATUS = /^(proposed|accepted|rejected|superseded by \[\d{4}\])/;

function decisionProblems(path: string, text: string): string[] {
  const number = /\/(\d{4})-/.exec(path)?.[1] ?? '';
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading ?? '');
  const status = /^## Status\n+(.*)$/m.exec(text)?.[1] ?? '';
  return [
    ...(text.startsWith(`# ${number}. `) ? [] : [`the title does not begin with "# ${number}. "`]),
    ...HEADINGS.filter((heading) => !headings.includes(heading)).map((heading) => `lacks the heading "${heading}"`),
    ...(STATUS.test(status) ? [] : [`its status "${status}" is none of proposed, accepted, rejected, superseded by [number]`]),
  ].map((problem) => `${path}: ${problem}`);
}

/** Decisions are numbered without gaps, have the same headings, and stand in the index. */
export function checkDecisions(repo: Repository): string[] {
  const decisions = repo.paths.filter((path) => new RegExp(`^${FOLDER}/\\d{4}-[a-z0-9-]+\\.md$`).test(path));
  const strays = repo.paths.filter((path) => path.startsWith(`${FOLDER}/`) && !decisions.includes(path) && !/\/(README|template)\.md$/.test(path));
  const index = repo.has(`${FOLDER}/README.md`) ? repo.text(`${FOLDER}/README.md`) : '';
  const numbers = decisions.map((path) => Number(/\/(\d{4})-/.exec(path)?.[1]));
  return [
    ...strays.map((path) => `${path}: decisions are named 0001-what-was-decided.md`),
    ...numbers.filter((number, position) => number !== position + 1).slice(0, 1).map((number) => `${FOLDER}: numbering breaks at ${number}`),
    ...decisions.filter((path) => !index.includes(`(${posix.basename(path)})`)).map((path) => `${path}: not in the index`),
    ...decisions.flatMap((path) => decisionProblems(path, repo.text(path))),
  ];
}
