import { connect, type Socket } from 'node:net';
import type { Attack, Attempt } from './attempt.js';
import type { HttpAnswer } from './http-caller.js';
import type { Target } from './target.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Bodies that harm parsers, and what they must be told. */
const bodies = (session: string): [string, string][] => {
  const intent = (payload: string): string => `{"session_id":"${session}","intent_type":"content.ingest","payload":${payload}}`;
  return [
    ['truncated JSON', '{"session_id":'],
    ['two megabytes', intent(`{"source":"${'x'.repeat(2_000_000)}"}`)],
    ['nesting of 10,000', intent(deep(10_000))],
    ['a prototype key', intent('{"__proto__":{"source":"x"}}')],
    ['a constructor key', intent('{"constructor":{"prototype":{"source":"x"}}}')],
    ['a key twice', intent('{"source":"x","source":"y"}')],
    ['a lone surrogate', intent('{"source":"\\ud800"}')],
    ['a number beyond all', intent('{"source":1e999}')],
    ['a NUL', intent('{"source":"\\u0000"}')],
    ['no JSON', '<xml/>'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString('latin1')],
  ];
};

/** The same where any object is taken: nothing but the parser stands in the way. */
const contexts: readonly [string, string][] = [
  ['a prototype key in an open object', '{"context":{"__proto__":{"roles":["operator"]}}}'],
  ['half a surrogate pair in an open object', '{"context":{"note":"\\ud800"}}'],
  ['a number beyond all in an open object', '{"context":{"note":1e999}}'],
  ['nesting of 1,000 in an open object', `{"context":${deep(1_000)}}`],
];

/** Bytes on a bare socket. */
const wires = (key: string): [string, string][] => [
  ['no HTTP', '\u0000\u0001\u0002\r\n\r\n'],
  ['a header of 100 kB', `GET /v1/me HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(100_000)}\r\n\r\n`],
  ['two lengths', 'POST /v1/intents HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}'],
  ['length and chunks', 'POST /v1/intents HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a bare CR in a header', 'GET /v1/me HTTP/1.1\r\nhost: x\r\nx-correlation-id: a\rset-cookie: b\r\n\r\n'],
  ...['/console/../../../../etc/passwd', '/console/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/console/..%2f..%2f..%2fetc%2fpasswd', '/console/....//....//etc/passwd', '/v1/artifacts/..%2f..%2f/a/b', '/v1/executions/..%2f..%2fsecrets.json'].map((path): [string, string] => [`the path ${path}`, `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nconnection: close\r\n\r\n`]),
];

/** Oversized and malformed requests, injection into headers and logs, paths that climb, references that are URLs, bodies that never end. */
export const requestAttack: Attack = {
  name: 'requests',
  guard: 'request parsing',
  async run(target) {
    const gina = target.as('gina');
    const session = String((await gina.call('POST', '/v1/sessions', {})).body['session_id']);
    return [...(await malformed(target, session)), ...(await onTheWire(target)), ...(await injection(target)), await slowBodies(target)];
  },
};

const refusedWell = ({ status, text }: HttpAnswer): string | undefined => (status >= 400 && status < 500 && !/\bat .*\.js:\d+|node_modules/.test(text) ? undefined : `${status} ${text.slice(0, 120)}`);

async function malformed(target: Target, session: string): Promise<Attempt[]> {
  const gina = target.as('gina');
  const attempts: Attempt[] = [];
  const sent = [...bodies(session).map(([name, body]) => ({ name, body, path: '/v1/intents' })), ...contexts.map(([name, body]) => ({ name, body, path: '/v1/sessions' }))];
  for (const { name, body, path } of target.choice.of(sent, 10)) {
    const before = await target.trail.countSeenBy(gina);
    const answer = await gina.call('POST', path, body, JSON_TYPE).catch((error: Error): HttpAnswer => ({ status: 400, headers: new Headers(), text: error.name, body: {} }));
    attempts.push({ name, got: refusedWell(answer), recorded: async () => (await target.trail.countSeenBy(gina)) > before });
  }
  return attempts;
}

function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')));
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => {
    const end = (): void => resolve(text);
    socket.once('close', end);
    socket.once('error', end);
    setTimeout(() => (end(), socket.destroy()), 3_000);
  });
}

async function onTheWire(target: Target): Promise<Attempt[]> {
  const [gina, admin] = [target.as('gina'), target.as('admin')];
  const count = async (): Promise<number> => (await target.trail.countSeenBy(gina)) + (await target.trail.countSeenBy(admin));
  const port = Number(new URL(target.stack.gatewayUrl).port);
  const attempts: Attempt[] = [];
  for (const [name, bytes] of target.choice.of(wires(target.stack.keyOf('gina')), 5)) {
    const before = await count();
    const answer = await exchange(port, bytes);
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 400);
    const bad = status < 400 ? !/<div id="root"|<!doctype html>/i.test(answer) : status >= 500 || /root:.*:0:0:|set-cookie/.test(answer);
    attempts.push({ name, got: bad ? answer.slice(0, 160) : undefined, recorded: async () => status < 400 || (await count()) > before });
  }
  return attempts;
}

/** Line breaks, colours and quotes in what is logged and recorded: each line stays one JSON object, and holds no control character. */
async function injection(target: Target): Promise<Attempt[]> {
  const gina = target.as('gina');
  const evil = ['%0d%0aset-cookie:%20a=b', '%1b%5b31mred', '%22%7d%0a%7b%22level%22:%22fatal%22', '%00'];
  const before = await target.trail.countSeenBy(gina);
  for (const text of evil) await gina.call('GET', `/v1/executions/${text}`, undefined, { 'x-correlation-id': `${'"}{'}${decodeURIComponent(text).replace(/[^\x20-\x7e]/g, '')}` });
  const broken = ['experience-gateway', 'runtime'].flatMap((service) => target.trail.linesOf(service)).filter((line) => line.startsWith('{') && (!isJson(line) || /[\x00-\x1f]/.test(line)));
  return [{ name: 'line breaks, colours and quotes in paths and headers', got: broken[0]?.slice(0, 200), recorded: async () => (await target.trail.countSeenBy(gina)) >= before + evil.length }];
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

const SLOW = 150;

/** Many requests that never become whole: others are served beside them. */
async function slowBodies(target: Target): Promise<Attempt> {
  const { port } = new URL(target.stack.gatewayUrl);
  const sockets: Socket[] = Array.from({ length: SLOW }, () => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(`POST /v1/intents HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${target.stack.keyOf('gina')}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{`));
    socket.on('error', () => undefined);
    return socket;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const start = performance.now();
  const { status } = await target.as('alice').call('GET', '/v1/me');
  const took = performance.now() - start;
  for (const socket of sockets) socket.destroy();
  return { name: `${SLOW} bodies that never end`, got: status === 200 && took < 2_000 ? undefined : `others waited ${took.toFixed(0)} ms (${status})`, recorded: () => true };
}
