import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { failure, type Json } from '@symphainy/contracts';

/** Throws `governance.invalid` for what is no JSON Schema (2020-12). */
export function requireSchema(schema: { [key: string]: Json }): void {
  try {
    addFormats(new Ajv2020({ strict: false, logger: false })).compile(schema);
  } catch (error) {
    throw failure('governance.invalid', { message: `it is no JSON Schema (2020-12): ${error instanceof Error ? error.message : 'unreadable'}`, field: '/schema' });
  }
}
