/** Preloaded into a service under measure: notes when the messages of an execution pass its sockets, in memory, and writes that down when the process ends. */
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { readEnv } from '@symphainy/kernel';
import { stagesEnv } from './stages.env.js';
import { PASSAGES, type Noted, type Passage } from './stage-times.js';

const { STAGES_DIR } = readEnv(stagesEnv, process.env);
const noted: Noted[] = [];
const note = (passage: Passage): void => void noted.push([passage, Number(process.hrtime.bigint() / 1000n)]);
/** Connections whose flush has not been answered. */
const flushing = new WeakSet<Socket>();

function passagesOf(socket: Socket, way: 'in' | 'out', chunk: unknown): void {
  if (way === 'in' && flushing.delete(socket)) note('flushed');
  const bytes = typeof chunk === 'string' || chunk instanceof Uint8Array ? Buffer.from(chunk as Uint8Array) : undefined;
  for (const [passage, [of, mark]] of Object.entries(PASSAGES)) {
    if (of !== way || bytes?.includes(mark) !== true) continue;
    note(passage as Passage);
    if (passage === 'flushing') flushing.add(socket);
  }
}

const { write, push } = Socket.prototype;

Socket.prototype.write = function (this: Socket, ...given: unknown[]): boolean {
  passagesOf(this, 'out', given[0]);
  return Reflect.apply(write, this, given) as boolean;
} as typeof write;

Socket.prototype.push = function (this: Socket, ...given: unknown[]): boolean {
  passagesOf(this, 'in', given[0]);
  return Reflect.apply(push, this, given) as boolean;
} as typeof push;

// the HTTP server reads its sockets past the stream
subscribe('http.server.request.start', () => note('requested'));

process.on('exit', () => writeFileSync(join(STAGES_DIR, `${process.pid}.json`), JSON.stringify(noted)));
