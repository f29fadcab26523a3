import type { Json } from '@symphainy/kernel';
import { UsageError } from './command.js';
import { readText } from './settings.js';

/** An object given as JSON text, as `@file`, or as `@-` (standard input). */
export function objectIn(text: string | undefined, option: string): { [key: string]: Json } {
  if (text === undefined) return {};
  const source = text.startsWith('@') ? readText(text.slice(1), option) : text;
  const value = parsed(source, option);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError(`${option}: must be a JSON object`);
  return value as { [key: string]: Json };
}

function parsed(source: string, option: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch (error) {
    throw new UsageError(`${option}: not JSON: ${(error as Error).message}`);
  }
}
