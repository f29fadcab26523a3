import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** One file measured. Scores go from 0 to 1; `note` says what is wrong where the score is below 1. */
export interface CaseResult {
  readonly file: string;
  readonly score: number;
  /** The same file read with the library one would otherwise use; undefined where it has no way to read it. */
  readonly peer?: number;
  readonly precision?: number;
  readonly recall?: number;
  readonly note?: string;
}

export interface Area {
  readonly name: string;
  /** What is counted, in one line. */
  readonly counts: string;
  readonly peer: string;
  /** Answers no case where the corpus has none of the area. */
  measure(corpus: Corpus): Promise<CaseResult[]>;
}

/** A folder of files with their expected results; its shape is told in the shipped corpus's README. */
export class Corpus {
  constructor(readonly root: string) {}

  bytes(file: string): Uint8Array {
    return readFileSync(join(this.root, file));
  }

  text(file: string): string {
    return readFileSync(join(this.root, file), 'utf8').replace(/^\ufeff/, '');
  }

  /** Files below a folder whose names match, in name order; none where the folder is missing. */
  files(folder: string, pattern: RegExp): string[] {
    const top = join(this.root, folder);
    if (!statSync(top, { throwIfNoEntry: false })?.isDirectory()) return [];
    const all = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => relative(this.root, join(entry.parentPath, entry.name)));
    return all.filter((file) => pattern.test(file)).toSorted();
  }

  has(file: string): boolean {
    return statSync(join(this.root, file), { throwIfNoEntry: false })?.isFile() ?? false;
  }
}

/** Below this a case is listed as a failure. */
export const PASS = 0.98;

/** Mean over cases; 0 where there is none. */
export const meanScore = (scores: readonly number[]): number => (scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + score, 0) / scores.length);

/** Runs one measurement; a failure is a score of 0 with its code. */
export async function scored(work: () => Promise<number> | number): Promise<{ score: number; note?: string }> {
  try {
    return { score: await work() };
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    return { score: 0, note: `${typeof code === 'string' ? `${code}: ` : ''}${error instanceof Error ? error.message.slice(0, 200) : String(error)}` };
  }
}
