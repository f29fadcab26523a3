import { parseArgs } from 'node:util';
import { ProblemError } from '@symphainy/client';
import { asPlatformError, PlatformError } from '@symphainy/kernel';
import { NegativeAnswer, UsageError, type Command, type Invocation } from './command.js';
import { commands } from './commands.js';
import { commonOptions, helpFor } from './help.js';
import { forPeople } from './output.js';
import { clientOf, type Environment } from './settings.js';

export interface Surroundings {
  readonly env: Environment;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Runs one command line; resolves to its exit status. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const json = argv.includes('--json');
  const print = (value: unknown): void => {
    if (value !== undefined) surroundings.out(json ? JSON.stringify(value) : forPeople(value));
  };
  try {
    print(await perform(argv, surroundings, print));
    return 0;
  } catch (error) {
    if (surroundings.signal.aborted) return 130;
    if (error instanceof NegativeAnswer) print(error.answer);
    const { status, told } = failureOf(error);
    surroundings.err(json ? JSON.stringify(told) : lineOf(told));
    return status;
  }
}

async function perform(argv: readonly string[], surroundings: Surroundings, emit: (value: unknown) => void): Promise<unknown> {
  const words = leadingWords(argv);
  const command = commandOf(words);
  if (command === undefined || argv.includes('--help')) {
    const known = command?.path.split(' ') ?? words;
    if (command === undefined && !argv.includes('--help') && argv.length > 0) throw new UsageError(`there is no command "${words.join(' ')}": symphainy --help lists them`);
    surroundings.out(helpFor(commands, known));
    return undefined;
  }
  return command.run(invocationOf(command, argv, surroundings, emit));
}

/** Words up to the first option name the command, and may go on as its arguments. */
function leadingWords(argv: readonly string[]): string[] {
  const end = argv.findIndex((arg) => arg.startsWith('-'));
  return argv.slice(0, end < 0 ? argv.length : end);
}

const commandOf = (words: readonly string[]): Command | undefined => commands.filter(({ path }) => `${words.join(' ')} `.startsWith(`${path} `)).sort((a, b) => b.path.length - a.path.length)[0];

function invocationOf(command: Command, argv: readonly string[], { env, err, signal }: Surroundings, emit: (value: unknown) => void): Invocation {
  const options = { ...commonOptions, ...command.options };
  const depth = command.path.split(' ').length;
  const { values, positionals } = parsed([...argv.slice(depth)], Object.fromEntries(Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }])));
  const wanted = command.words ?? [];
  if (positionals.length !== wanted.length) throw new UsageError(`symphainy ${command.path} takes ${wanted.length === 0 ? 'no words' : wanted.map((word) => `<${word}>`).join(' ')}, not "${positionals.join(' ')}"`);
  const text = (option: string): string | undefined => (typeof values[option] === 'string' ? values[option] : undefined);
  return {
    words: Object.fromEntries(wanted.map((word, i) => [word, positionals[i] ?? ''])),
    text,
    flag: (option) => values[option] === true,
    client: () => clientOf({ url: text('url'), keyFile: text('key-file') }, env),
    tell: err,
    emit,
    signal,
  };
}

function parsed(args: string[], options: Record<string, { type: 'string' | 'boolean'; multiple: boolean }>): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly field?: string | undefined;
  readonly fix?: string | undefined;
  readonly execution_id?: string | undefined;
}

function failureOf(error: unknown): { status: number; told: Told } {
  if (error instanceof NegativeAnswer) return { status: 1, told: { code: 'cli.negative', message: error.message } };
  if (error instanceof UsageError) return { status: 2, told: { code: 'cli.usage', message: error.message } };
  if (error instanceof ProblemError) {
    const { code, message, field, fix, executionId, status } = error;
    return { status: status >= 500 ? 4 : 3, told: { code, message, field, fix, execution_id: executionId } };
  }
  if (error instanceof PlatformError) return { status: 1, told: { code: error.code, message: error.message, field: error.field, fix: error.fix } };
  if ((error as Partial<Error>).message === 'fetch failed') return { status: 4, told: { code: 'cli.unreachable', message: 'the gateway does not answer', fix: 'check --url or SYMPHAINY_URL, and that the platform is up' } };
  return { status: 1, told: { code: asPlatformError(error).code, message: error instanceof Error ? error.message : String(error) } };
}

const lineOf = ({ code, message, field, fix, execution_id }: Told): string => [`${code}: ${message}`, field === undefined ? undefined : `  at ${field}`, fix === undefined ? undefined : `  fix: ${fix}`, execution_id === undefined ? undefined : `  recorded in execution ${execution_id}`].filter((line) => line !== undefined).join('\n');
