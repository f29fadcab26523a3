/**
 * The env contract: each service declares every variable it reads, once. Boot fails naming all bad variables together,
 * never their values; reference docs and compose files are generated from the same declaration.
 */
export interface EnvVariable<T> {
  readonly description: string;
  readonly group: string;
  readonly sensitive: boolean;
  readonly required: boolean;
  /** As it would be written in the environment; absent when the variable is required or simply unset by default. */
  readonly defaultText: string | undefined;
  readonly form: string;
  /** Reads a text, empty only where that is the default; throws an Error whose message says what form is wanted (and never quotes the text). */
  parse(text: string): T;
}

export type EnvContract<E> = { readonly [K in keyof E]: EnvVariable<E[K]> };

export class EnvContractError extends Error {
  override readonly name = 'EnvContractError';
  constructor(readonly problems: readonly { variable: string; problem: string }[]) {
    super(`bad environment: ${problems.map((p) => `${p.variable} ${p.problem}`).join('; ')}`);
  }
}

/** Reads `source` by the contract. An empty text counts as unset. */
export function readEnv<E>(contract: EnvContract<E>, source: Readonly<Record<string, string | undefined>>): E {
  const values: Partial<E> = {};
  const problems: { variable: string; problem: string }[] = [];
  for (const variable of Object.keys(contract) as (keyof E & string)[]) {
    const declared = contract[variable];
    const text = source[variable] || declared.defaultText;
    if (text === undefined) {
      if (declared.required) problems.push({ variable, problem: `is required (${declared.description})` });
      continue;
    }
    try {
      values[variable] = declared.parse(text);
    } catch (error) {
      problems.push({ variable, problem: error instanceof Error ? error.message : 'is malformed' });
    }
  }
  if (problems.length > 0) throw new EnvContractError(problems);
  return values as E;
}

interface Described {
  description: string;
  group: string;
  sensitive?: boolean;
}

interface WithDefault extends Described {
  default?: string;
}

function variable<T>(options: WithDefault & { required: boolean; form: string }, parse: (text: string) => T): EnvVariable<T> {
  return {
    description: options.description,
    group: options.group,
    sensitive: options.sensitive ?? false,
    required: options.required,
    defaultText: options.default,
    form: options.form,
    parse,
  };
}

const asText = (text: string): string => text;

const asInteger =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) throw new Error(`must be a whole number from ${min} to ${max}`);
    return value;
  };

const asUrl =
  (protocols: readonly string[]) =>
  (text: string): string => {
    const wanted = `must be a URL with the scheme ${protocols.join(' or ')}`;
    if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol.replace(':', ''))) throw new Error(wanted);
    return text;
  };

const asChoice =
  <C extends string>(choices: readonly C[]) =>
  (text: string): C => {
    if (!choices.includes(text as C)) throw new Error(`must be one of ${choices.join(', ')}`);
    return text as C;
  };

/** Declarations of variables. Required ones have no default; `optional*` ones read as undefined when unset. */
const KEY_FORM = 'key: 64 hex digits, or base64url of at least 32 bytes';

function asKey(text: string): Uint8Array {
  const bytes = /^[0-9a-f]{64,}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64url');
  if (bytes.length < 32) throw new Error('must hold at least 32 bytes, as hex or base64url');
  return new Uint8Array(bytes);
}

export const env = {
  text: (o: Described & { default?: string }) => variable({ ...o, required: o.default === undefined, form: 'text' }, asText),
  optionalText: (o: Described) => variable<string | undefined>({ ...o, required: false, form: 'text' }, asText),
  integer: (o: Described & { default?: string; min: number; max: number }) =>
    variable({ ...o, required: o.default === undefined, form: `integer ${o.min}..${o.max}` }, asInteger(o.min, o.max)),
  url: (o: Described & { default?: string; protocols: readonly string[] }) =>
    variable({ ...o, required: o.default === undefined, form: `URL (${o.protocols.join(', ')})` }, asUrl(o.protocols)),
  optionalUrl: (o: Described & { protocols: readonly string[] }) =>
    variable<string | undefined>({ ...o, required: false, form: `URL (${o.protocols.join(', ')})` }, asUrl(o.protocols)),
  choice: <C extends string>(o: Described & { default?: C; choices: readonly C[] }) =>
    variable({ ...o, required: o.default === undefined, form: o.choices.join(' | ') }, asChoice(o.choices)),
  /** 32 bytes or more, base64url or hex. */
  secretKey: (o: Described) => variable({ ...o, sensitive: true, required: true, form: KEY_FORM }, asKey),
  optionalSecretKey: (o: Described) => variable<Uint8Array | undefined>({ ...o, sensitive: true, required: false, form: KEY_FORM }, asKey),
} as const;
