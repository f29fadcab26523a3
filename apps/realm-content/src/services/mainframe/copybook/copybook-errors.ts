import { failure, type ErrorCode } from '@symphainy/contracts';
import type { PlatformError } from '@symphainy/kernel';

/** Where an error stands; a column and token where it is about one. */
export interface Place {
  readonly line: number;
  readonly column?: number;
  readonly text?: string;
}

export interface ErrorAbout {
  readonly code?: ErrorCode;
  /** What to do about it. */
  readonly fix?: string;
}

/** An error of the copybook, which names line, column and token in its details. */
export const syntaxError = (place: Place, message: string, { code = 'copybook.syntax', fix }: ErrorAbout = {}): PlatformError =>
  failure(code, {
    message: `line ${place.line}: ${message}`,
    field: '/copybook',
    details: { line: place.line, ...(place.column === undefined ? {} : { column: place.column }), ...(place.text === undefined ? {} : { token: place.text.slice(0, 80) }) },
    ...(fix === undefined ? {} : { fix }),
  });
