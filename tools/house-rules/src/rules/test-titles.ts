import ts from 'typescript';
import { isSpec } from '../projects.js';
import type { Repository } from '../repository.js';

interface Title {
  readonly text: string;
  readonly kind: 'describe' | 'it';
  readonly line: number;
}

/** `it('…')`, `it.each(…)('…')`, `describe('…')`, by their first argument when it is a text. */
function titlesIn(path: string, text: string): Title[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const titles: Title[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const kind = /^(describe|it|test)\b/.exec(node.expression.getText(file))?.[1];
      const [first, second] = node.arguments;
      if (kind !== undefined && first !== undefined && second !== undefined && ts.isStringLiteralLike(first)) titles.push({ text: first.text, kind: kind === 'describe' ? 'describe' : 'it', line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return titles;
}

function titleProblem({ text, kind, line }: Title): string[] {
  if (text.trim() === '') return [`${line}: a test is named after what can go wrong`];
  if (kind === 'it' && /^should\b/i.test(text)) return [`${line}: "${text}": say what it does, not what it should`];
  if (/^(test|case|part)? ?\d+$/i.test(text)) return [`${line}: "${text}" is a number, not a name`];
  return [];
}

/** Tests are named after what can go wrong, and no two in one place alike. */
export function checkTestTitles(repo: Repository): string[] {
  return repo.paths.filter(isSpec).flatMap((path) => titlesIn(path, repo.text(path)).flatMap(titleProblem).map((problem) => `${path}:${problem}`));
}

/** A spec's name says its size, and the sizes have their places: end-to-end specs stand in apps/platform-e2e alone. */
export function checkTestPlaces(repo: Repository): string[] {
  const specs = repo.paths.filter((path) => /\.(spec|test)\.[cm]?[jt]sx?$/.test(path));
  return specs.flatMap((path) => {
    if (!/^[^.]+(\.[a-z0-9-]+)*\.spec\.tsx?$/.test(path.split('/').at(-1) ?? '')) return [`${path}: specs are named x.spec.ts, x.int.spec.ts or x.e2e.spec.ts`];
    if (/\.e2e\.spec\./.test(path) !== path.startsWith('apps/platform-e2e/') && !/^apps\/platform-e2e\/.*[^e]\.spec\./.test(path)) return [`${path}: end-to-end specs stand in apps/platform-e2e`];
    return [];
  });
}
