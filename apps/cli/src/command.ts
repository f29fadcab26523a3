import type { Client } from '@symphainy/client';

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** How the help names its value, e.g. `<file>`. */
  readonly value?: string;
  readonly summary: string;
}

/** What a command is given: checked words and options, a client that connects when it is first used, and where to write. */
export interface Invocation {
  /** By the names that `words` gives them. */
  readonly words: Readonly<Record<string, string>>;
  text(option: string): string | undefined;
  flag(option: string): boolean;
  client(): Client;
  /** A line for people, on standard error: it never gets into piped results. */
  tell(line: string): void;
  /** A result before the end, as `--json` wants it or for people. */
  emit(value: unknown): void;
  readonly signal: AbortSignal;
}

export interface Command {
  /** As it is typed: `intents submit`. */
  readonly path: string;
  readonly summary: string;
  /** Required words after the path, by name. */
  readonly words?: readonly string[];
  readonly options?: Readonly<Record<string, Option>>;
  /** What it returns is printed. Throws ProblemError, UsageError or NegativeAnswer. */
  run(invocation: Invocation): Promise<unknown>;
}

/** The command line is not right. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** All went well, and the answer is no: an execution failed, tests fail. What is to be printed goes with it. Exit code 1. */
export class NegativeAnswer extends Error {
  override readonly name = 'NegativeAnswer';

  constructor(
    message: string,
    readonly answer: unknown,
  ) {
    super(message);
  }
}
