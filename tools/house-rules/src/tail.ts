import ts from 'typescript';
import { isSource, isSpec } from './projects.js';
import type { Repository } from './repository.js';

interface Measured {
  readonly place: string;
  readonly lines: number;
}

export interface Tail {
  readonly files: readonly Measured[];
  readonly functions: readonly Measured[];
  readonly constructors: readonly { readonly place: string; readonly parameters: number }[];
  /** Lines of a function: half of them, and nine in ten, are shorter. */
  readonly functionLines: { readonly p50: number; readonly p90: number };
  /** Share of comment lines among all lines, in percent. */
  readonly commentPercent: number;
}

const isFunction = (node: ts.Node): node is ts.FunctionLikeDeclaration => ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isConstructorDeclaration(node) || ts.isAccessor(node);

function nameOf(node: ts.FunctionLikeDeclaration): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (node.name !== undefined) return node.name.getText();
  return ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent) ? node.parent.name.getText() : '(unnamed)';
}

function measure(path: string, text: string, functions: Measured[], constructors: { place: string; parameters: number }[]): void {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (isFunction(node)) {
      const place = `${path}:${lineAt(node.getStart()) + 1} ${nameOf(node)}`;
      functions.push({ place, lines: lineAt(node.end) - lineAt(node.getStart()) + 1 });
      if (ts.isConstructorDeclaration(node)) constructors.push({ place, parameters: node.parameters.length });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

const isComment = (line: string): boolean => /^\s*(\/\/|\/\*|\*)/.test(line);
const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** The longest files and functions and the widest constructors: to be looked at, not to be gated. */
export function tailOf(repo: Repository, count = 10): Tail {
  const paths = repo.paths.filter((path) => isSource(path) && !isSpec(path) && /^(apps|libs|tools)\//.test(path));
  const functions: Measured[] = [];
  const constructors: { place: string; parameters: number }[] = [];
  for (const path of paths) measure(path, repo.text(path), functions, constructors);
  const lines = paths.flatMap((path) => repo.text(path).split('\n'));
  const sorted = functions.map((measured) => measured.lines).sort((a, b) => a - b);
  const longest = (measured: readonly Measured[]): Measured[] => [...measured].sort((a, b) => b.lines - a.lines).slice(0, count);
  return {
    files: longest(paths.map((path) => ({ place: path, lines: repo.text(path).split('\n').length }))),
    functions: longest(functions),
    constructors: constructors.sort((a, b) => b.parameters - a.parameters).slice(0, count),
    functionLines: { p50: quantile(sorted, 0.5), p90: quantile(sorted, 0.9) },
    commentPercent: Math.round((100 * lines.filter(isComment).length) / Math.max(1, lines.length)),
  };
}

export function tailText(tail: Tail): string {
  const rows = (title: string, entries: readonly string[]): string => `${title}\n${entries.map((entry) => `  ${entry}\n`).join('')}`;
  return [
    `functions: half below ${tail.functionLines.p50 + 1} lines, nine in ten below ${tail.functionLines.p90 + 1}; comments: ${tail.commentPercent} % of lines\n`,
    rows('longest files', tail.files.map(({ place, lines }) => `${String(lines).padStart(4)}  ${place}`)),
    rows('longest functions', tail.functions.map(({ place, lines }) => `${String(lines).padStart(4)}  ${place}`)),
    rows('widest constructors', tail.constructors.map(({ place, parameters }) => `${String(parameters).padStart(4)}  ${place}`)),
  ].join('');
}
