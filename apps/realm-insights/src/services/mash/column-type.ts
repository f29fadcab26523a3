import type { ExternalColumn } from '@symphainy/contracts';

export const MAX_DIGITS = 38;
const SAFE_INTEGER_DIGITS = 18;

/** What a column is read as whose digits are told, if they are: a decimal without bounds, or beyond the engine's, is text first. */
export function engineType({ type, digits, scale = 0, zoned }: Pick<ExternalColumn, 'type' | 'digits' | 'scale' | 'zoned'>): string {
  switch (type) {
    case 'integer':
      return digits === undefined || digits <= SAFE_INTEGER_DIGITS ? 'BIGINT' : digits > MAX_DIGITS ? 'VARCHAR' : `DECIMAL(${digits}, 0)`;
    case 'decimal':
      return digits === undefined || digits > MAX_DIGITS || scale < 0 || scale > digits ? 'VARCHAR' : `DECIMAL(${Math.max(digits, 1)}, ${scale})`;
    case 'number':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'DATE';
    case 'datetime':
      return zoned === true ? 'TIMESTAMPTZ' : 'TIMESTAMP';
    case 'string':
      return 'VARCHAR';
  }
}
