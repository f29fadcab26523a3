import { failure } from '@symphainy/contracts';
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';

/** Deeper nesting than this has no use, and would exhaust the stack of whoever walks it. */
const MAX_DEPTH = 100;

/** The API speaks JSON; an empty body counts as none, whatever its content type says. */
export function onlyJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser(['application/json', 'text/plain']);
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    const unreadable = encodingFault(request.headers['content-encoding'], bytes);
    if (unreadable !== undefined) return done(unreadable);
    if (bytes.length === 0) return done(null, undefined);
    const body = bytes.toString();
    void parse(request, body, (error, value: unknown) => {
      if (error === null && suspicious(body)) done(faultIn(value, '', 1) ?? null, value);
      else done(error, value);
    });
  });
}

/** Decoding would put U+FFFD for what it cannot read, and record something that nobody sent. */
function encodingFault(coding: string | undefined, bytes: Buffer): Error | undefined {
  if (coding !== undefined && coding !== 'identity') return failure('request.unsupported_media_type', { field: '/headers/content-encoding', message: `the content coding ${coding.slice(0, 40)} is not read here`, fix: 'send the body without a content coding' });
  return isUtf8(bytes) ? undefined : failure('request.malformed', { message: 'the body is not valid UTF-8', fix: 'send JSON in UTF-8' });
}

/**
 * Whether a text can hold what parses and yet is no JSON that two parties read alike (RFC 7493), or that no database holds: lone
 * surrogates and U+0000 come as escapes, numbers beyond range have long exponents, deep nesting has many brackets. Almost every body is
 * cleared here, by one pass.
 */
export function suspicious(text: string): boolean {
  if (/\\u(?:[dD][89a-fA-F]|0000)|\d[eE]\+?\d{3}/.test(text)) return true;
  let opened = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) opened++;
  }
  return opened > MAX_DEPTH;
}

const OPEN_BRACE = 123;
const OPEN_BRACKET = 91;

/** The first fault of a value, as `request.invalid` naming its place; undefined when there is none. */
export function faultIn(value: unknown, pointer: string, depth: number): Error | undefined {
  if (typeof value === 'string') return textFault(value, pointer);
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : fault(pointer, 'is a number beyond what can be held');
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return fault(pointer.split('/').slice(0, 4).join('/'), `is nested deeper than ${MAX_DEPTH} levels`);
  for (const [key, member] of Object.entries(value)) {
    const found = faultIn(key, pointer, depth) ?? faultIn(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function textFault(value: string, pointer: string): Error | undefined {
  if (!value.isWellFormed()) return fault(pointer, 'holds half of a surrogate pair, which is no character');
  return value.includes('\0') ? fault(pointer, 'holds the character U+0000, which cannot be stored as text') : undefined;
}

const shown = (field: string): string => field.toWellFormed().replaceAll('\0', '\uFFFD');

const fault = (field: string, message: string): Error => failure('request.invalid', { field: shown(field), message: `${shown(field) || 'the body'}: ${message}` });
