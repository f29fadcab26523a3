/** How a field's digits become its cell: a JSON number where that is exact, else canonical decimal text. */
import type { ContentCell } from '@symphainy/contracts';
import { decimalText, SAFE_DIGITS, Undecodable } from './decimal.js';

export interface NumberCells {
  /** From an amount of at most `SAFE_DIGITS` digits, the point left out. */
  small(negative: boolean, amount: number): ContentCell | Undecodable;
  /** From any number of digits. */
  exact(negative: boolean, digits: string): ContentCell | Undecodable;
}

export const SAFE_LIMIT = 10 ** SAFE_DIGITS;

/** `integer`: cells are JSON numbers; otherwise decimal text with `scale` places. */
export function numberCells(integer: boolean, scale: number): NumberCells {
  const exact = (negative: boolean, digits: string): ContentCell | Undecodable => {
    const text = decimalText(negative, digits, scale);
    if (!integer) return text;
    return text.length <= SAFE_DIGITS + 1 ? Number(text) : new Undecodable('a binary value far beyond its picture');
  };
  const unit = 10 ** Math.abs(scale);
  if (integer) return { exact, small: (negative, amount) => (scale === 0 ? signed(negative, amount) : amount * unit < SAFE_LIMIT ? signed(negative, amount * unit) : exact(negative, String(amount))) };
  if (scale <= 0 || scale > SAFE_DIGITS) return { exact, small: (negative, amount) => exact(negative, String(amount)) };
  return {
    exact,
    small: (negative, amount) => {
      const whole = Math.floor(amount / unit);
      const text = `${whole}.${String(amount - whole * unit + unit).slice(1)}`;
      return negative && amount !== 0 ? `-${text}` : text;
    },
  };
}

const signed = (negative: boolean, amount: number): number => (negative && amount !== 0 ? -amount : amount);
