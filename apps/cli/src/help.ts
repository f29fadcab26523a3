import type { Command, Option } from './command.js';

export const commonOptions: Readonly<Record<string, Option>> = {
  url: { type: 'string', value: '<url>', summary: 'where the gateway answers (SYMPHAINY_URL; default http://127.0.0.1:8080)' },
  'key-file': { type: 'string', value: '<file>', summary: 'file that holds the API key (SYMPHAINY_KEY_FILE; or the key itself in SYMPHAINY_KEY)' },
  json: { type: 'boolean', summary: 'results as JSON on standard output, errors as JSON on standard error' },
  help: { type: 'boolean', summary: 'this text' },
};

const EXITS = 'Exit status: 0 done, 1 the answer is no (a failed execution, failing tests), 2 wrong usage, 3 refused by the platform, 4 not reachable, 130 interrupted.';

/** What is under these words: a command with its options, or the commands that begin so. */
export function helpFor(commands: readonly Command[], words: readonly string[]): string {
  const path = words.join(' ');
  const exact = commands.find((command) => command.path === path);
  if (exact !== undefined) return commandHelp(exact);
  const under = commands.filter((command) => path === '' || command.path.startsWith(`${path} `));
  const width = Math.max(...under.map((command) => usage(command).length));
  return [`symphainy ${path === '' ? '' : `${path} `}<command> [options]`, '', ...under.map((command) => `  ${usage(command).padEnd(width)}  ${command.summary}`), '', 'Options of every command:', ...optionLines(commonOptions), '', EXITS].join('\n');
}

const usage = ({ path, words = [] }: Command): string => [path, ...words.map((word) => `<${word}>`)].join(' ');

function commandHelp(command: Command): string {
  const own = optionLines(command.options ?? {});
  return [`symphainy ${usage(command)} [options]`, '', command.summary, '', ...(own.length === 0 ? [] : ['Options:', ...own, '']), 'Options of every command:', ...optionLines(commonOptions), '', EXITS].join('\n');
}

function optionLines(options: Readonly<Record<string, Option>>): string[] {
  const named = Object.entries(options).map(([name, option]) => [`--${name}${option.value === undefined ? '' : ` ${option.value}`}`, option.summary] as const);
  const width = Math.max(0, ...named.map(([name]) => name.length));
  return named.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`);
}
