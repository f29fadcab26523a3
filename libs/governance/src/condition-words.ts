/** A Cedar condition (in its JSON form) as English. An expression that is not known here reads as "what its text says". */
import { entityInWords } from './entity-words.js';

type Node = { readonly [operator: string]: unknown };
interface Pair {
  readonly left: Node;
  readonly right: Node;
}

const UNKNOWN = 'what its text says holds';

export const conditionInWords = (body: unknown): string => phrase(body as Node, false);

/** The operator of an expression and what it is applied to. */
const parts = (node: Node): readonly [string, unknown] => Object.entries(node)[0] ?? ['', undefined];

function phrase(node: Node, negated: boolean): string {
  const [operator, operands] = parts(node);
  const pair = operands as Pair;
  if (operator === '!') return phrase((operands as { arg: Node }).arg, !negated);
  if (operator === '&&' || operator === '||') return joined(operator, pair, negated);
  const said = PHRASES[operator]?.(pair, negated) ?? factPhrase(node, negated);
  return said ?? (negated ? `not ${UNKNOWN}` : UNKNOWN);
}

/** De Morgan: "not (a and b)" reads "not a or not b". Mixed ands and ors are bracketed. */
function joined(operator: '&&' | '||', { left, right }: Pair, negated: boolean): string {
  const side = (node: Node): string => {
    const [inner] = parts(bare(node));
    const said = phrase(node, negated);
    return (inner === '&&' || inner === '||') && inner !== operator ? `(${said})` : said;
  };
  return `${side(left)} ${(operator === '&&') !== negated ? 'and' : 'or'} ${side(right)}`;
}

const bare = (node: Node): Node => (parts(node)[0] === '!' ? bare((node['!'] as { arg: Node }).arg) : node);

const is = (negated: boolean): string => (negated ? 'is not' : 'is');
const has = (negated: boolean): string => (negated ? 'has not' : 'has');

const PHRASES: Readonly<Record<string, (pair: Pair, negated: boolean) => string | undefined>> = {
  '==': ({ left, right }, negated) => compared(left, is(negated), right),
  '!=': ({ left, right }, negated) => compared(left, is(!negated), right),
  in: ({ left, right }, negated) => compared(left, `${is(negated)} of`, right),
  '<': ({ left, right }, negated) => compared(left, `is ${negated ? 'at least' : 'below'}`, right),
  '<=': ({ left, right }, negated) => compared(left, `is ${negated ? 'above' : 'at most'}`, right),
  '>': ({ left, right }, negated) => compared(left, `is ${negated ? 'at most' : 'above'}`, right),
  '>=': ({ left, right }, negated) => compared(left, `is ${negated ? 'below' : 'at least'}`, right),
  contains: ({ left, right }, negated) => membership(left, right, negated, ''),
  containsAny: ({ left, right }, negated) => membership(left, right, negated, 'any of '),
  containsAll: ({ left, right }, negated) => membership(left, right, negated, 'all of '),
  hasTag: ({ left, right }, negated) => owned(left, `${has(negated)} the attribute`, term(right)),
  has: (pair, negated) => owned(pair.left, `${has(negated)} a`, String((pair as unknown as { attr: unknown }).attr)),
  is: (pair, negated) => owned(pair.left, `${is(negated)} a`, String((pair as unknown as { entity_type: unknown }).entity_type)),
  like: (pair, negated) => owned(pair.left, negated ? 'does not match' : 'matches', patternOf((pair as unknown as { pattern: readonly unknown[] }).pattern)),
};

function compared(left: Node, verb: string, right: Node): string | undefined {
  const [a, b] = [term(left), term(right)];
  return a === undefined || b === undefined ? undefined : `${a} ${verb} ${b}`;
}

function owned(subject: Node, verb: string, object: string | undefined): string | undefined {
  const whose = term(subject);
  return whose === undefined || object === undefined ? undefined : `${whose} ${verb} ${object}`;
}

const patternOf = (pattern: readonly unknown[]): string => `“${pattern.map((element) => (element === 'Wildcard' ? '*' : ((element as { Literal?: string }).Literal ?? '?'))).join('')}”`;

/** Sets that a request brings. */
const SETS: Readonly<Record<string, (what: string, negated: boolean) => string>> = {
  'principal.roles': (what, negated) => `the caller ${has(negated)} the role ${what}`,
  'context.classifications': (what, negated) => `the data ${is(negated)} classified ${what}`,
  'context.references': (what, negated) => `${what} ${is(negated)} among the references`,
};

function membership(set: Node, item: Node, negated: boolean, quantity: string): string | undefined {
  const what = term(item);
  const path = pathOf(set);
  if (what === undefined) return undefined;
  if (path !== undefined && SETS[path] !== undefined) return SETS[path](`${quantity}${what}`, negated);
  const list = term(set);
  return list === undefined ? undefined : `${what} ${is(negated)} one of ${list}`;
}

/** Facts that are true or false by themselves. */
const FACTS: Readonly<Record<string, readonly [string, string]>> = {
  'context.own_session': ['the session is the caller’s own', 'the session is somebody else’s'],
  'context.own_targets': ['every execution named is the caller’s own', 'an execution named is somebody else’s'],
  'context.second_person': ['what is named was asked for by somebody who is certainly another person', 'who asked for what is named may be the caller'],
  'context.granted': ['a grant covers it', 'no grant covers it'],
};

function factPhrase(node: Node, negated: boolean): string | undefined {
  if (typeof node['Value'] === 'boolean') return node['Value'] !== negated ? 'always' : 'never';
  return FACTS[pathOf(node) ?? '']?.[negated ? 1 : 0];
}

const TERMS: Readonly<Record<string, string>> = {
  principal: 'the caller', resource: 'the intent', action: 'the action',
  'principal.id': 'the caller', 'principal.kind': 'the caller’s kind', 'principal.auth': 'the way of signing in', 'principal.roles': 'the caller’s roles',
  'principal.tenant': 'the caller’s tenant', 'principal.tenant.id': 'the caller’s tenant', 'principal.tenant.status': 'the tenant’s status',
  'resource.name': 'the intent', 'resource.realm': 'the realm', 'resource.determinism': 'the determinism', 'resource.type': 'the thing’s type', 'resource.id': 'the thing',
  'context.session_user_id': 'the session’s owner', 'context.classifications': 'the classifications', 'context.references': 'the references',
};

/** A value in words; undefined when it is none that is known here. */
function term(node: Node): string | undefined {
  const path = pathOf(node);
  if (path !== undefined) return TERMS[path];
  const [operator, operands] = parts(node);
  if (operator === 'Value') return valueInWords(operands);
  if (operator === 'Set') return listed((operands as Node[]).map(term));
  if (operator !== 'getTag') return undefined;
  const { left, right } = operands as Pair;
  const [whose, tag] = [term(left), term(right)];
  return whose === undefined || tag === undefined ? undefined : `${whose}’s ${tag}`;
}

function valueInWords(value: unknown): string | undefined {
  if (Array.isArray(value)) return listed(value.map(valueInWords));
  if (typeof value !== 'object' || value === null) return String(value);
  const { __entity: entity } = value as { __entity?: { type: string; id: string } };
  return entity === undefined ? undefined : entityInWords(entity);
}

const listed = (items: readonly (string | undefined)[]): string | undefined => (items.includes(undefined) ? undefined : items.length === 0 ? 'nothing' : items.join(', '));

/** `principal.tenant.status`; undefined when it is no path from a variable. */
function pathOf(node: Node): string | undefined {
  if (typeof node['Var'] === 'string') return node['Var'];
  const access = node['.'] as { left: Node; attr: string } | undefined;
  const base = access === undefined ? undefined : pathOf(access.left);
  return base === undefined ? undefined : `${base}.${access?.attr}`;
}
