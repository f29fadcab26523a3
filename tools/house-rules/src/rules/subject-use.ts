import type { Receiver, SubjectEntry } from '@symphainy/contracts';
import ts from 'typescript';
import { isTestCode, projectsOf, sourcesOf, valuesOf } from '../projects.js';
import type { Repository } from '../repository.js';

/** Sent to the reply subject that came with a dispatch, so the sender's code does not name it; the asker's does. */
const ANSWERS = new Set(['runtime.outcome.{instance}.{dispatch}']);

const SENDING = new Set(['request', 'publish']);
const TAKING = new Set(['serve', 'subscribe']);

interface Use {
  readonly path: string;
  readonly line: number;
  readonly role: 'sends' | 'takes' | 'names';
  readonly text: string;
  readonly literal: boolean;
}

function roleOf(call: ts.CallExpression): Use['role'] {
  const callee = call.expression;
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : ts.isIdentifier(callee) ? callee.text : '';
  return SENDING.has(name) ? 'sends' : TAKING.has(name) ? 'takes' : 'names';
}

/** First arguments that are texts or templates. */
function usesIn(repo: Repository, path: string): Use[] {
  const file = ts.createSourceFile(path, repo.text(path), ts.ScriptTarget.Latest, true);
  const uses: Use[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) {
      const call = ts.isCallExpression(node.parent) && node.parent.arguments[0] === node ? node.parent : undefined;
      uses.push({ path, line: lineOf(file, node), role: call === undefined ? 'names' : roleOf(call), text: node.text, literal: true });
    }
    if (ts.isTemplateExpression(node)) {
      const call = ts.isCallExpression(node.parent) && node.parent.arguments[0] === node ? node.parent : undefined;
      uses.push({ path, line: lineOf(file, node), role: call === undefined ? 'names' : roleOf(call), text: node.head.text, literal: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return uses;
}

const lineOf = (file: ts.SourceFile, node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart()).line + 1;

/** Code that runs on a plane: its applications, and the libraries whose door is open to it. */
function codeOf(repo: Repository, plane: Receiver): string[] {
  const projects = projectsOf(repo).filter((project) => project.name !== 'contracts' && !project.tags.includes('plane:tools'));
  const runsThere = projects.filter((project) => valuesOf(project, 'plane').includes(plane) || valuesOf(project, 'for').some((door) => door === plane || door === 'all'));
  return runsThere.flatMap(({ directory }) => sourcesOf(repo, directory)).filter((path) => !isTestCode(path));
}

function hasUse(uses: ReadonlyMap<string, readonly Use[]>, code: readonly string[], subject: string, wanted: Use['role']): boolean {
  return code.some((path) => uses.get(path)?.some((use) => use.text === subject && (use.role === wanted || use.role === 'names')));
}

/** Subscribers are outside: their code is not here. Each subject is sent by each plane that may send it and taken by the one that should: an entry nobody uses is a permission nobody needs. */
export function checkSubjectUse(repo: Repository, catalogue: Readonly<Record<string, SubjectEntry>>): string[] {
  const planesUsed = [...new Set(Object.values(catalogue).flatMap(({ publisher, consumer }) => [...publisher, consumer]))];
  const code = new Map<string, string[]>(planesUsed.map((plane) => [plane, codeOf(repo, plane)]));
  const uses = new Map([...new Set([...code.values()].flat())].map((path) => [path, usesIn(repo, path)]));
  return Object.entries(catalogue).flatMap(([subject, { publisher, consumer }]) => [
    ...publisher.filter((plane) => !ANSWERS.has(subject) && !hasUse(uses, code.get(plane) ?? [], subject, 'sends')).map((plane) => `${subject}: ${plane} may send it but never does`),
    ...(consumer === 'subscriber' || hasUse(uses, code.get(consumer) ?? [], subject, 'takes') ? [] : [`${subject}: ${consumer} never takes it`]),
  ]);
}

/** Nobody writes a subject outside the catalogue: subjects are its keys, filled in by `subjectFor` and `patternFor`. */
export function checkSubjectTexts(repo: Repository, catalogue: Readonly<Record<string, SubjectEntry>>): string[] {
  const tokens = [...new Set(Object.keys(catalogue).map((subject) => subject.split('.')))].filter((parts) => parts.some((part) => part.startsWith('{')));
  const heads = [...new Set(tokens.map((parts) => `${parts.slice(0, parts.findIndex((part) => part.startsWith('{'))).join('.')}.`))];
  const paths = projectsOf(repo).filter(({ name }) => name !== 'contracts').flatMap(({ directory }) => sourcesOf(repo, directory)).filter((path) => !isTestCode(path) && !path.startsWith('tools/'));
  return paths.flatMap((path) =>
    usesIn(repo, path)
      .filter((use) => use.role !== 'names' && (use.literal ? /^[a-z-]+(\.[a-z*{}>-]+)+$/.test(use.text) && heads.some((head) => use.text.startsWith(head)) && catalogue[use.text] === undefined : heads.includes(use.text)))
      .map((use) => `${path}:${use.line}: writes the subject "${use.text}…" itself`),
  );
}
