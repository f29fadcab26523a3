import { isSpec } from '../projects.js';
import type { Repository } from '../repository.js';

interface Ban {
  readonly pattern: RegExp;
  readonly reason: string;
  /** Which files it reads; default: all. */
  readonly files?: RegExp;
}

const CODE = /\.(tsx?|mjs|js)$/;
/** Written in halves, so that this file does not hold what it looks for. */
const word = (...halves: string[]): RegExp => new RegExp(`\\b(${halves.join('|')})\\b`);

const LEFTOVERS: readonly Ban[] = [
  { pattern: word('TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK', 'X' + 'XX'), reason: 'a leftover marker: do it, or write an issue' },
  { pattern: new RegExp('eslint-' + 'disable|@ts-' + 'ignore|@ts-' + 'nocheck|@ts-' + 'expect-error|istanbul ' + 'ignore'), reason: 'an exception to a rule: change the code, or the rule for everyone', files: CODE },
  { pattern: new RegExp('^(<{7}|>{7}|={7})( |$)', 'm'), reason: 'an unresolved merge' },
  { pattern: new RegExp('\\b(describe|it|test)\\.(on' + 'ly|sk' + 'ip|to' + 'do)\\('), reason: 'every test runs', files: CODE },
];

const MACHINES: readonly Ban[] = [
  { pattern: new RegExp('(?<![\\w.$}/])/(ro' + 'ot|ho' + 'me/[a-z]\\w*|wo' + 'rk|Us' + 'ers/\\w+)/\\w'), reason: 'a path of one machine' },
  { pattern: new RegExp('https?://[\\w.-]*regi' + 'stry[\\w.-]*', 'i'), reason: 'a package registry’s address' },
  { pattern: new RegExp('https?://(10|192\\.168|172\\.(1[6-9]|2\\d|3[01]))\\.\\d'), reason: 'an address of one network' },
];

const PICTURES = /\.(png|jpe?g|gif|pdf|docx|xlsx|ebc|dat|bin|ico|woff2?|zip|wasm)$/i;

function findings(repo: Repository, bans: readonly Ban[]): string[] {
  return repo.paths
    .filter((path) => !PICTURES.test(path))
    .flatMap((path) => bans.filter(({ files, pattern }) => (files?.test(path) ?? true) && pattern.test(repo.text(path))).map(({ pattern, reason }) => `${path}:${lineOf(repo.text(path), pattern)}: ${reason}`));
}

const lineOf = (text: string, pattern: RegExp): number => text.slice(0, pattern.exec(text)?.index ?? 0).split('\n').length;

/** Nothing is left behind: no markers, no exceptions to rules, no silenced tests. */
export const checkLeftovers = (repo: Repository): string[] => findings(repo, LEFTOVERS);

/** The repository knows no machine and no network. */
export const checkMachines = (repo: Repository): string[] => findings(repo, MACHINES);

/** A wait of a fixed length. In a loop over a condition it is polling, and a length that is computed simulates a duration. */
const FIXED_WAIT = /await\s+(sleep|delay|setTimeout)\(\d|new Promise(<\w+>)?\(\(?(\w+)\)? => (void )?setTimeout\(\3, [\d_]+\)/;
/** How far above a wait its loop may begin. */
const LOOP_LINES = 6;
const POLLING = /\b(while|for) \(/;

/** No test sleeps to win a race: it waits for what it needs. */
export function checkSleeps(repo: Repository): string[] {
  return repo.paths.filter(isSpec).flatMap((path) => {
    const lines = repo.text(path).split('\n');
    const sleeping = lines.flatMap((line, at) => (FIXED_WAIT.test(line) && !POLLING.test(lines.slice(Math.max(0, at - LOOP_LINES), at + 1).join('\n')) ? [at + 1] : []));
    return sleeping.map((line) => `${path}:${line}: sleeps; wait for the condition instead`);
  });
}
